/**
 * A {@link MessageConnection} over the platform's WebSocket.
 *
 * Room: simple-ws web. The platform frames, masks and answers Pings; it can neither pause reading nor tell when it has
 * drained, so a full inbox ends the connection and drains are looked for every {@link DRAIN_POLL_MS}.
 */
import type { Clock } from "@x/errors/clock";
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import type { PreparedMessage } from "@x/wsframe";
import { closedError, INBOX_FULL_REASON } from "../core/closed-error.js";
import type { CloseInfo } from "../core/closing.js";
import type { ConnectionHandler, MessageConnection, ReceiveOptions, Sendable } from "../shell/contract.js";
import { Deferred, handled } from "../shell/deferred.js";
import type { InboxLimits } from "../shell/inbox.js";
import { Intake } from "../shell/intake.js";
import type { NativeCloseEvent, NativeMessageEvent, NativeWebSocket } from "./native.js";

export interface WebLimits extends InboxLimits {
  readonly highWaterMarkBytes: number;
}

const DRAIN_POLL_MS = 20;
const READY: Promise<void> = /* @__PURE__ */ Promise.resolve();

export class WebConnection implements MessageConnection {
  readonly protocol: string;
  readonly url: string;
  readonly #native: NativeWebSocket;
  readonly #limits: WebLimits;
  readonly #clock: Clock;
  readonly #intake: Intake;
  readonly #closed = new Deferred<CloseInfo>();
  #state: "open" | "closing" | "closed" = "open";
  /** Why it ends, as far as this side has decided it. */
  #info: CloseInfo | undefined;
  #drained: Deferred<void> | undefined;

  /** @internal */
  constructor(native: NativeWebSocket, limits: WebLimits, clock: Clock) {
    this.#native = native;
    this.#limits = limits;
    this.#clock = clock;
    this.protocol = native.protocol;
    this.url = native.url;
    this.#intake = new Intake({ limits, clock, onHold: ignore, onOverflow: () => this.#overflow() });
    native.onmessage = ({ data }: NativeMessageEvent) => this.#intake.deliver(typeof data === "string" ? data : new Uint8Array(data instanceof ArrayBuffer ? data : []));
    native.onclose = (event: NativeCloseEvent) => this.#end(event);
  }

  get state(): "open" | "closing" | "closed" {
    return this.#state;
  }

  get bufferedBytes(): number {
    return this.#native.bufferedAmount;
  }

  get closed(): Promise<CloseInfo> {
    return this.#closed.promise;
  }

  send(data: Sendable): Promise<void> {
    if (this.#info !== undefined) throw closedError(this.#info);
    this.#native.send(typeof data === "string" || data instanceof Uint8Array ? data : viewOf(data));
    return this.#isCongested ? this.#whenDrained() : READY;
  }

  sendPrepared(message: PreparedMessage): Promise<void> {
    return this.send(message.data);
  }

  trySend(data: Sendable): boolean {
    if (this.#info !== undefined || this.#isCongested) return false;
    void this.send(data);
    return true;
  }

  receive(options: ReceiveOptions = {}): Promise<string | Uint8Array | null> {
    return this.#intake.receive(options);
  }

  attach(handler: ConnectionHandler): void {
    this.#intake.attach(handler);
  }

  receiveNowait(): string | Uint8Array | null {
    return this.#intake.receiveNowait();
  }

  pause(): void {
    this.#intake.setPaused(true);
  }

  resume(): void {
    this.#intake.setPaused(false);
  }

  /** As {@link MessageConnection.close}; the platform allows the codes 1000 and 3000–4999 only. */
  close(code = 1000, reason = ""): Promise<CloseInfo> {
    if (code !== 1000 && !(code >= 3000 && code <= 4999)) throw invalid(`close: code is ${code}, must be 1000 or 3000–4999 here`);
    this.#startClosing(code, reason, { code, reason, wasClean: false, initiator: "local" });
    return this.closed;
  }

  /** Reports the end at once; the platform closes behind it. */
  terminate(): void {
    this.#startClosing(1000, "", { code: 1006, reason: "", wasClean: false, initiator: "local" });
    this.#end({ code: 1006, reason: "", wasClean: false });
  }

  [Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    return this.#intake.iterate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #isCongested(): boolean {
    return this.#native.bufferedAmount > this.#limits.highWaterMarkBytes;
  }

  /** A page cannot stop reading, and may send no 1008. */
  #overflow(): void {
    this.#startClosing(4008, INBOX_FULL_REASON, { code: 1008, reason: INBOX_FULL_REASON, wasClean: false, initiator: "local" });
  }

  #startClosing(code: number, reason: string, info: CloseInfo): void {
    if (this.#info !== undefined) return;
    try {
      this.#native.close(code, reason);
    } catch (cause) {
      throw invalid("close: reason must have at most 123 bytes of UTF-8", cause);
    }
    this.#state = "closing";
    this.#info = info;
    this.#intake.discard(info.code !== 1008);
  }

  #end({ code, reason, wasClean }: NativeCloseEvent | CloseInfo): void {
    if (this.#state === "closed") return;
    const own = this.#info;
    const info: CloseInfo = own === undefined
      ? { code, reason, wasClean, initiator: code === 1006 ? "network" : "remote" }
      : { ...own, wasClean: wasClean && own.code !== 1008 };
    this.#state = "closed";
    this.#info = info;
    this.#native.onmessage = this.#native.onclose = null;
    this.#intake.settle(info);
    this.#drained?.reject(closedError(info));
    this.#closed.resolve(info);
    this.#intake.close();
  }

  #whenDrained(): Promise<void> {
    if (this.#drained === undefined) {
      this.#drained = new Deferred();
      this.#pollDrain(this.#drained);
    }
    return handled(this.#drained.promise);
  }

  #pollDrain(drained: Deferred<void>): void {
    this.#clock.setTimer(() => {
      if (this.#state === "closed") return;
      if (this.#isCongested) {
        this.#pollDrain(drained);
        return;
      }
      this.#drained = undefined;
      drained.resolve();
      this.#intake.drain();
    }, DRAIN_POLL_MS);
  }
}

function viewOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

function ignore(): void {
  // the platform cannot pause
}

function invalid(what: string, cause?: unknown): SimpleWebsocketError {
  return new SimpleWebsocketError(`Cannot ${what}`, { code: "simple-ws/invalid-argument", cause });
}
