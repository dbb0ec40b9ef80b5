/**
 * Messages on their way out that cannot be written at once: an extension works on them, or a fragmented message is in progress.
 *
 * Room: simple-ws core. Whatever the reason, messages leave in the order in which they were sent, and a Close after them.
 */
import { callSafely } from "@x/errors/handlers";
import type { WebSocketException } from "@x/errors/wsframe";
import { extensionFault, Opcode, type Extension, type PreparedMessage, type TextPort } from "@x/wsframe";

export interface OutboundSink {
  /** A message as it is. */
  writeMessage(data: string | Uint8Array): void;
  /** A message as an extension made it. */
  writePayload(payload: Uint8Array, opcode: Opcode, reserved: number): void;
  /** {@link writePayload} for a payload that is the same object for many connections. */
  writeShared(payload: Uint8Array, opcode: Opcode, reserved: number): void;
  /** So many bytes wait here more, or fewer. */
  hold(bytes: number): void;
  /** A message cannot be sent, and so none after it. */
  outboundFailed(error: WebSocketException): void;
}

type Waiting = { readonly data: string | Uint8Array; readonly bytes: number } | (() => void);

export class Outbound {
  readonly #extension: Extension | undefined;
  readonly #text: TextPort;
  readonly #sink: OutboundSink;
  readonly #waiting: Waiting[] = [];
  #isBusy = false;
  #isPumping = false;
  #isClosed = false;

  constructor(extension: Extension | undefined, text: TextPort, sink: OutboundSink) {
    this.#extension = extension;
    this.#text = text;
    this.#sink = sink;
  }

  get isBusy(): boolean {
    return this.#isBusy || this.#waiting.length > 0;
  }

  /** Whether a message must come here rather than be written at once. */
  takes(data: string | Uint8Array): boolean {
    return this.isBusy || this.#extension?.wants(data) === true;
  }

  send(data: string | Uint8Array): void {
    if (this.isBusy) this.#wait(data);
    else this.#pass(data);
  }

  sendPrepared(message: PreparedMessage): void {
    const isText = typeof message.data === "string";
    const shared = this.isBusy ? undefined : this.#extension?.encodeShared?.(message);
    if (shared === undefined) this.send(isText ? message.data : message.payload);
    else this.#sink.writeShared(shared.payload, isText ? Opcode.text : Opcode.binary, shared.reserved);
  }

  /** Runs `step` after everything that was sent before. */
  after(step: () => void): void {
    if (this.isBusy) this.#waiting.push(step);
    else step();
  }

  /** Nothing else leaves until {@link release}: the caller writes a message in pieces. Only as a step of {@link after}. */
  reserve(): void {
    this.#isBusy = true;
  }

  release(): void {
    this.#isBusy = false;
    this.#pump();
  }

  /** Nothing of what waits will be sent; steps still run in their turn. */
  dropMessages(): void {
    for (const next of this.#waiting.splice(0)) {
      if (typeof next === "function") this.#waiting.push(next);
      else this.#sink.hold(-next.bytes);
    }
  }

  /** The link is gone: nothing leaves any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    callSafely(() => this.#extension?.close(), []);
  }

  #wait(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? this.#text.byteLength(data) : data.length;
    this.#waiting.push({ data: typeof data === "string" ? data : Uint8Array.from(data), bytes });
    this.#sink.hold(bytes);
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (!this.#isBusy && !this.#isClosed) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (typeof next === "function") {
        next();
      } else {
        this.#sink.hold(-next.bytes);
        this.#passLate(next.data);
      }
    }
    this.#isPumping = false;
  }

  /** Nobody is there any more to whom an extension could throw. */
  #passLate(data: string | Uint8Array): void {
    try {
      this.#pass(data);
    } catch (error) {
      this.#sink.outboundFailed(extensionFault(error));
    }
  }

  #pass(data: string | Uint8Array): void {
    const extension = this.#extension;
    if (extension?.wants(data) !== true) this.#sink.writeMessage(data);
    else if (typeof data === "string") this.#transform(extension, this.#bytesOf(data), Opcode.text);
    else this.#transform(extension, Uint8Array.from(data), Opcode.binary); // the caller's may change as soon as we return
  }

  #transform(extension: Extension, payload: Uint8Array, opcode: Opcode): void {
    this.#isBusy = true;
    let isLater = false;
    try {
      extension.encode(payload, opcode, (error, encoded, reserved) => {
        this.#isBusy = false;
        if (this.#isClosed) return;
        if (isLater) this.#sink.hold(-payload.length);
        if (error === undefined) this.#sink.writePayload(encoded, opcode, reserved);
        else this.#sink.outboundFailed(error);
        if (isLater) this.#pump();
      });
    } catch (error) {
      this.#isBusy = false;
      this.#sink.outboundFailed(extensionFault(error));
    }
    isLater = true;
    if (this.#isBusy) this.#sink.hold(payload.length);
  }

  #bytesOf(text: string): Uint8Array {
    const bytes = new Uint8Array(this.#text.byteLength(text));
    this.#text.write(text, bytes, 0);
    return bytes;
  }
}
