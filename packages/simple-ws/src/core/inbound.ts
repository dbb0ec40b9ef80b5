/**
 * Messages on their way in through an extension: one at a time, because the decoder waits for each.
 *
 * Room: simple-ws core.
 */
import { WebSocketException } from "@x/errors/wsframe";
import { extensionFault, readPayload, type Extension, type Opcode, type TextPort } from "@x/wsframe";

export interface InboundOwner {
  /** What {@link Inbound.receive} left open is done, or has failed. Not within a call of it. */
  onInbound(outcome: string | Uint8Array | WebSocketException): void;
}

export class Inbound {
  readonly #extension: Extension;
  readonly #maxBytes: number;
  readonly #text: TextPort;
  readonly #owner: InboundOwner;
  #isBusy = false;

  constructor(extension: Extension, maxBytes: number, text: TextPort, owner: InboundOwner) {
    this.#extension = extension;
    this.#maxBytes = maxBytes;
    this.#text = text;
    this.#owner = owner;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /**
   * @returns the message if that was done at once; otherwise the owner is told.
   * @throws {WebSocketException} the payload is not what the extension makes, is too large, or is no UTF-8.
   */
  receive(payload: Uint8Array, opcode: Opcode, reserved: number): string | Uint8Array | undefined {
    let isLater = false;
    let isDone = false;
    let outcome: string | Uint8Array | WebSocketException | undefined;
    this.#isBusy = true;
    try {
      this.#extension.decode(payload, reserved, this.#maxBytes, (error, decoded) => {
        if (isDone || !this.#isBusy) return; // the connection has ended meanwhile
        isDone = true;
        this.#isBusy = false;
        outcome = error ?? this.#read(decoded, opcode);
        if (isLater) this.#owner.onInbound(outcome);
      });
    } catch (error) {
      isDone = true;
      this.#isBusy = false;
      throw extensionFault(error);
    }
    isLater = true;
    if (outcome instanceof WebSocketException) throw outcome;
    return outcome;
  }

  /** What is under way is of no use any more. */
  close(): void {
    this.#isBusy = false;
  }

  #read(payload: Uint8Array, opcode: Opcode): string | Uint8Array | WebSocketException {
    try {
      return readPayload(payload, opcode, this.#text);
    } catch (error) {
      return extensionFault(error);
    }
  }
}
