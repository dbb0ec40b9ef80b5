/**
 * The extension port, RFC 6455 §9: how a connection agrees on a way to transform its messages, and how that is done.
 *
 * Room: wsframe core. Pass an {@link ExtensionFactory} to a connection to add one; permessage-deflate is one of them. What is
 * transformed is a whole message's payload; every extension owns at least one reserved bit, so that plain messages stay plain.
 */
import type { WebSocketException } from "@x/errors/wsframe";
import type { Opcode } from "./opcode.js";
import type { PreparedMessage } from "./prepared-message.js";

/** One parameter as it stands on the wire: its value is `undefined` where it has none. */
export type ExtensionParameter = readonly [name: string, value: string | undefined];

/** One entry of a `Sec-WebSocket-Extensions` field: an offer of a client, or a server's answer to one. */
export interface ExtensionEntry {
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}

/** What a server takes of a client's offers. */
export interface AgreedExtension {
  readonly answer: ExtensionEntry;
  readonly extension: Extension;
}

/** Negotiates one extension. It holds no state of a connection and may be shared by all. */
export interface ExtensionFactory {
  /** The token of the field; compared exactly. */
  readonly name: string;
  /** The bits of a message's first byte that belong to it: 0x40 (RSV1), 0x20 (RSV2), 0x10 (RSV3), or several. */
  readonly reservedBits: number;
  /** A client's offers, the preferred one first. */
  offer(): readonly ExtensionEntry[];
  /** A server's choice of the offers that bear its name. @returns `undefined` to take none. */
  accept(offers: readonly ExtensionEntry[]): AgreedExtension | undefined;
  /**
   * A client's view of the server's answer.
   * @throws {WebSocketProtocolException} the answer is not what was offered: the connection fails (§4.1, item 5).
   */
  agree(answer: ExtensionEntry): Extension;
}

/** Takes the outcome of one transformation; `reserved` holds the bits that mark it on the wire. Called once, at once or later. */
export type Transformed = (error: WebSocketException | undefined, payload: Uint8Array, reserved: number) => void;

/** What many connections send alike. */
export interface SharedPayload {
  readonly payload: Uint8Array;
  readonly reserved: number;
}

/** One extension of one connection. Calls of `encode` do not overlap, nor do those of `decode`. */
export interface Extension {
  /**
   * Whether {@link encode} would change the message. Asked for every message: must be quick.
   * @param mayCompress `false` where the sender has said that the message's length must not tell of its content: an extension that
   *   compresses does not want it then, any other one need not look.
   */
  wants(data: string | Uint8Array, mayCompress: boolean): boolean;
  /**
   * Transforms a message to be sent; its payload must not be changed and stays as it is until `done` is called.
   * @param mayCompress as {@link wants} was told; only of use to an extension that is made of others.
   */
  encode(payload: Uint8Array, opcode: Opcode, done: Transformed, mayCompress: boolean): void;
  /**
   * Undoes it for a message that came with a bit of ours, handing on the `reserved` bits that are not. Its result must have at
   * most `maxBytes` bytes, which must hold while the memory is taken; the result belongs to the receiver.
   */
  decode(payload: Uint8Array, reserved: number, maxBytes: number, done: Transformed): void;
  /** {@link encode} for a message that goes to many, and is wanted: the same object for all whose outcome is the same. Optional. */
  encodeShared?(message: PreparedMessage): SharedPayload;
  /** The connection has ended: memory is given up, a late result is dropped by the caller. */
  close(): void;
}
