/**
 * Messages that do not go straight between the connection and its frames: through an extension, or behind a message that is
 * being sent in pieces.
 *
 * Room: simple-ws core. Most connections have none.
 */
import { WebSocketException } from "@x/errors/wsframe";
import type { Extension, Opcode, PreparedMessage } from "@x/wsframe";
import { writeBinary, writeData, writeShared, writeText, type ByteOutput } from "./frames.js";
import { Inbound, type InboundOwner } from "./inbound.js";
import { Outbound, type OutboundSink } from "./outbound.js";
import type { Profile } from "./profile.js";

export interface DetourOwner {
  /** Messages are held back. */
  readonly isPaused: boolean;
  onMessage(data: string | Uint8Array): void;
  /** The extension works on a message that came in: the next one waits for {@link onArrived}. */
  onAway(): void;
  /** The extension is done with it. */
  onArrived(): void;
  /** A message could not be read, or cannot be sent. */
  onFault(error: WebSocketException): void;
}

export class Detour implements InboundOwner, OutboundSink {
  /** Of the message that is being sent in pieces something has left, but not its end. */
  hasHalfMessage = false;
  readonly #profile: Profile;
  readonly #output: ByteOutput;
  readonly #owner: DetourOwner;
  readonly #inbound: Inbound | undefined;
  readonly #outbound: Outbound;
  /** What the extension gave back while messages were held back. */
  #held: string | Uint8Array | undefined;

  /** @param extension `undefined` where only the order of messages matters. */
  constructor(profile: Profile, extension: Extension | undefined, output: ByteOutput, owner: DetourOwner) {
    const { settings, codec } = profile;
    this.#profile = profile;
    this.#output = output;
    this.#owner = owner;
    this.#inbound = extension && new Inbound(extension, settings.maxMessageBytes, codec.text, this);
    this.#outbound = new Outbound(extension, codec.text, this);
  }

  /** The extension works on a message that came in. */
  get isBusy(): boolean {
    return this.#inbound?.isBusy === true;
  }

  /** @throws {WebSocketException} as {@link Inbound.receive}. */
  receive(payload: Uint8Array, opcode: Opcode, reserved: number): void {
    const message = this.#inbound?.receive(payload, opcode, reserved);
    if (message !== undefined) this.#owner.onMessage(message);
    else if (this.isBusy) this.#owner.onAway();
  }

  /** What came while messages were held back. */
  takeHeld(): string | Uint8Array | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held;
  }

  /** @returns whether the message goes this way. */
  send(data: string | Uint8Array, mayCompress: boolean): boolean {
    if (!this.#outbound.takes(data, mayCompress)) return false;
    this.#outbound.send(data, mayCompress);
    return true;
  }

  /** @returns whether the message goes this way. */
  sendPrepared(message: PreparedMessage, mayCompress: boolean): boolean {
    if (!this.#outbound.takes(message.payload, mayCompress)) return false;
    this.#outbound.sendPrepared(message, mayCompress);
    return true;
  }

  /** Runs `step` after everything that was sent before. */
  after(step: () => void): void {
    this.#outbound.after(step);
  }

  /** Runs `begin` after everything that was sent before; what is sent from then on waits for {@link release}. */
  reserve(begin: () => void): void {
    this.#outbound.after(() => {
      this.#outbound.reserve();
      begin();
    });
  }

  release(): void {
    if (this.hasHalfMessage) this.#outbound.dropMessages(); // they cannot follow it: only a Close can
    this.#outbound.release();
  }

  /** No message will be given out any more. */
  settle(): void {
    this.#inbound?.close();
    this.#held = undefined;
  }

  /** The link is gone. */
  close(): void {
    this.#outbound.close();
  }

  // What the two ways tell

  onInbound(outcome: string | Uint8Array | WebSocketException): void {
    if (outcome instanceof WebSocketException) this.#owner.onFault(outcome);
    else if (this.#owner.isPaused) this.#held = outcome;
    else this.#owner.onMessage(outcome);
    this.#owner.onArrived();
  }

  writeMessage(data: string | Uint8Array): void {
    if (typeof data === "string") writeText(this.#output, this.#profile, data);
    else writeBinary(this.#output, this.#profile, data);
  }

  writePayload(payload: Uint8Array, opcode: Opcode, reserved: number): void {
    writeData(this.#output, this.#profile, payload, opcode, true, reserved);
  }

  writeShared(payload: Uint8Array, opcode: Opcode, reserved: number): void {
    if (this.#profile.role === "server") writeShared(this.#output, payload, opcode, reserved);
    else this.writePayload(payload, opcode, reserved);
  }

  hold(bytes: number): void {
    this.#output.hold(bytes);
  }

  outboundFailed(error: WebSocketException): void {
    this.#owner.onFault(error);
  }
}
