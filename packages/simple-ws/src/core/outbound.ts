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

type Waiting = { readonly data: string | Uint8Array; readonly bytes: number; readonly mayCompress: boolean } | (() => void);

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
  takes(data: string | Uint8Array, mayCompress: boolean): boolean {
    try {
      return this.isBusy || this.#extension?.wants(data, mayCompress) === true;
    } catch {
      return true; // it throws again when the message's turn has come
    }
  }

  send(data: string | Uint8Array, mayCompress: boolean): void {
    if (this.isBusy) this.#wait(data, mayCompress);
    else this.#attempt(() => this.#pass(data, mayCompress));
  }

  sendPrepared(message: PreparedMessage, mayCompress: boolean): void {
    if (this.isBusy) this.send(typeof message.data === "string" ? message.data : message.payload, mayCompress);
    else this.#attempt(() => this.#passPrepared(message, mayCompress));
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

  #wait(data: string | Uint8Array, mayCompress: boolean): void {
    const bytes = typeof data === "string" ? this.#text.byteLength(data) : data.length;
    this.#waiting.push({ data: typeof data === "string" ? data : Uint8Array.from(data), bytes, mayCompress });
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
        this.#attempt(() => this.#pass(next.data, next.mayCompress));
      }
    }
    this.#isPumping = false;
  }

  /** What an extension throws is not the fault of whoever sends, who may not even be there any more: it ends the connection. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#isBusy = false;
      this.#sink.outboundFailed(extensionFault(error));
    }
  }

  /** Only for what {@link takes} took: the extension wants it. */
  #passPrepared(message: PreparedMessage, mayCompress: boolean): void {
    const { data, payload } = message;
    const shared = this.#extension?.encodeShared?.(message);
    if (shared === undefined) this.#pass(typeof data === "string" ? data : payload, mayCompress);
    else this.#sink.writeShared(shared.payload, typeof data === "string" ? Opcode.text : Opcode.binary, shared.reserved);
  }

  #pass(data: string | Uint8Array, mayCompress: boolean): void {
    const extension = this.#extension;
    if (extension?.wants(data, mayCompress) !== true) this.#sink.writeMessage(data);
    else if (typeof data === "string") this.#transform(extension, this.#bytesOf(data), Opcode.text, mayCompress);
    else this.#transform(extension, Uint8Array.from(data), Opcode.binary, mayCompress); // the caller's may change as soon as we return
  }

  #transform(extension: Extension, payload: Uint8Array, opcode: Opcode, mayCompress: boolean): void {
    this.#isBusy = true;
    const job = { isLater: false, isDone: false };
    extension.encode(payload, opcode, (error, encoded, reserved) => {
      if (job.isDone) return;
      job.isDone = true;
      this.#isBusy = false;
      if (this.#isClosed) return;
      if (job.isLater) this.#sink.hold(-payload.length);
      if (error === undefined) this.#sink.writePayload(encoded, opcode, reserved);
      else this.#sink.outboundFailed(error);
      if (job.isLater) this.#pump();
    }, mayCompress);
    job.isLater = true;
    if (!job.isDone) this.#sink.hold(payload.length);
  }

  #bytesOf(text: string): Uint8Array {
    const bytes = new Uint8Array(this.#text.byteLength(text));
    this.#text.write(text, bytes, 0);
    return bytes;
  }
}
