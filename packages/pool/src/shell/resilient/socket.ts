/**
 * `ResilientSocket`: a WebSocket that stays connected. Room: pool shell.
 *
 * What users hold: intents and events; the machine decides, {@link Inbound} and {@link Outbound} carry messages.
 */
import { Subscribable, type EventName } from "@x/errors/emitter";
import { JetSocketError } from "@x/errors/pool";
import type { Emit, SocketEventMap } from "../../core/resilient/events.js";
import { Ledger } from "../../core/resilient/ledger.js";
import type { Adoption, Outcome } from "../../core/resilient/lifecycle.js";
import type { LinkEnd } from "../../core/resilient/link-end.js";
import { AWAITING, invalidState, isTerminal, type SocketState } from "../../core/resilient/states.js";
import { aborted, heeding } from "../cancelling.js";
import { checkClose } from "./close-arguments.js";
import { Driver, type DriverHost } from "./driver.js";
import { Inbound } from "./inbound.js";
import type { ReceiveOptions } from "./inbox.js";
import { Life } from "./life.js";
import { parseOptions, type ConnectOptions, type ResilientOptions, type UrlSource } from "./options.js";
import { Outbound } from "./outbound.js";
import type { Link } from "./ports.js";
import { socketStats, type SocketStats } from "./stats.js";

export class ResilientSocket<In = unknown, Out = unknown> extends Subscribable<SocketEventMap<In>> implements AsyncIterable<In> {
  readonly #driver: Driver;
  readonly #inbound: Inbound<In>;
  readonly #outbound: Outbound<Out>;
  readonly #openTimeoutMs: number;
  readonly #ledger = new Ledger();
  #life = new Life();

  /** @throws {JetSocketError} `pool/invalid-option`. @throws {TransportError} `errors/invalid-option`: the reconnect policy. */
  constructor(url: UrlSource, options: ResilientOptions<In, Out>) {
    super({ onError: options.onError });
    const settings = parseOptions(url, options);
    this.#openTimeoutMs = settings.machine.limits.openTimeoutMs;
    const emit: Emit<In> = (event, ...payload) => this.#emit(event, ...payload);
    this.#inbound = new Inbound<In>(settings, {
      emit,
      hasListeners: (event) => this.hasListeners(event),
      acknowledge: (id) => this.#outbound.acknowledge(id),
      onInvalid: (error) => this.#emit("error", { error, fatal: false }),
      onHold: () => this.#driver.setReading(!this.#inbound.isHolding),
    });
    this.#outbound = new Outbound<Out>(settings, {
      emit,
      onHookFailed: (error) => this.#onHookFailed(error),
      refusal: (mayWait) => this.#refusal(mayWait),
      onDeadline: () => this.#driver.settle(),
      lastSequenceId: () => this.#inbound.lastSequenceId,
      now: () => this.#driver.now(),
      tell: (tell) => this.#driver.tell(tell),
    });
    this.#driver = new Driver(settings, this.#driverHost());
  }

  get state(): SocketState {
    return this.#driver.machine.state;
  }

  get isConnected(): boolean {
    return this.state === "connected";
  }

  /** Where the present connection leads, without credentials; `undefined` while there is none. */
  get url(): string | undefined {
    return this.#driver.url;
  }

  /** The present connection's subprotocol; "" for none. */
  get protocol(): string {
    return this.#driver.machine.link?.protocol ?? "";
  }

  /** Of the last ping that was answered. */
  get latencyMs(): number | undefined {
    return this.#driver.machine.latency.lastMs;
  }

  /** Of the last message received, by `replay.sequenceIdOf`. */
  get lastSequenceId(): string | number | undefined {
    return this.#inbound.lastSequenceId;
  }

  /**
   * Opens a connection, and keeps one open from then on. May be called again when the socket has failed or is closed.
   *
   * @throws the last failure, when the policy stops or `timeoutMs` has passed: {ConnectionRefusedError}, {ConnectionTimeoutError}, {ConnectionError}.
   * @throws {ConnectionClosedError} `close` was called meanwhile.
   * @throws {ConnectionError} `pool/aborted`. @throws {InvalidStateError} `pool/invalid-state`: it is connecting or connected already.
   */
  async connect({ timeoutMs = this.#openTimeoutMs, signal, retry = true }: ConnectOptions = {}): Promise<void> {
    if (!(timeoutMs > 0)) throw new JetSocketError(`Cannot connect: timeoutMs is ${timeoutMs}, must be above 0`, { code: "pool/invalid-option" });
    if (signal?.aborted === true) throw aborted("connect", signal);
    const life = new Life();
    this.#driver.run((machine, nowMs) => {
      machine.connect({ timeoutMs, retries: retry }, nowMs);
      this.#life = life;
      this.#inbound.open();
    });
    await heeding(signal, life.opened, () => this.#driver.run((machine, nowMs) => machine.giveUp(aborted("connect", signal), nowMs)));
  }

  /**
   * {@link connect}, unless that has been done, and then waits until it is over: for sockets that work by listeners.
   *
   * @returns how it ended, if it was clean, by {@link close} or by `signal`. @throws what {@link receive} would.
   */
  async run(options: ConnectOptions = {}): Promise<LinkEnd> {
    if (this.state === "idle" || isTerminal(this.state)) await this.connect(options);
    const { end, error, isQuiet } = await heeding(options.signal, this.#life.over, () => void this.close());
    if (!isQuiet) throw error;
    return end;
  }

  /**
   * Sends one message.
   *
   * @returns a promise that resolves once the connection is ready for more or, with `outbox.ack`, once the message is acknowledged.
   *   It rejects with ConnectionClosedError, BufferOverflowError or ConnectionTimeoutError (`operation` "ack"), and need not be awaited.
   * @throws {InvalidStateError} `pool/invalid-state`: there is no connection yet, and no outbox.
   * @throws {ConnectionClosedError} the connection was lost and there is no outbox, or the socket is closed; or the failure it ended with.
   * @throws {BufferOverflowError} `pool/buffer-overflow`. @throws {InvalidMessageError} it cannot be serialised. @throws {JetSocketError} `pool/duplicate-id`.
   */
  send(data: Out): Promise<void> {
    return this.#outbound.send(data);
  }

  /** Sends, if that can be done at once: connected, nothing waiting, no pressure. @returns whether it did. */
  trySend(data: Out): boolean {
    return this.#outbound.trySend(data);
  }

  /**
   * The next message. Those that have come are given out before the end is told, also while there is no connection.
   *
   * @returns `null` when `timeoutMs` has passed.
   * @throws {BufferOverflowError} here messages are missing; the ones after follow. @throws {InvalidMessageError} in place of a bad message; likewise.
   * @throws {ConnectionClosedError} or the failure that the socket ended with. @throws {InvalidStateError} before `connect`.
   * @throws {ConnectionError} `pool/aborted`. @throws {JetSocketError} `pool/too-many-receivers`.
   */
  async receive(options: ReceiveOptions = {}): Promise<In | null> {
    this.#checkReceiving();
    const taken = await this.#inbound.inbox.receive(options);
    if (taken === undefined) return null;
    if ("error" in taken) throw taken.error;
    return taken.message;
  }

  /** Messages, over reconnects. Ends after a clean close by the peer or {@link close}; throws as {@link receive} for any other end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<In, void, undefined> {
    this.#checkReceiving();
    for (;;) {
      const taken = await this.#inbound.inbox.next();
      if (taken === undefined) return;
      if ("error" in taken) throw taken.error;
      yield taken.message;
    }
  }

  /** Reads nothing more until {@link resume}, over reconnects too, as far as the platform can; what has been read is still given out. For listeners
   *  that cannot keep up: `receive` and loops need it not. Heartbeats take no silence for death meanwhile. */
  pause(): void {
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
  }

  /**
   * Ends it: a connection by its closing handshake (at most `closeTimeoutMs`), an attempt or a wait at once. Idempotent.
   * What has not been received is dropped, what has not been sent is refused.
   *
   * @param code 1000–1003, 1007–1014 or 3000–4999; in browsers 1000 or 3000–4999. Default 1000.
   * @param reason at most 123 bytes of UTF-8.
   * @returns how it ended. Never rejects. @throws {JetSocketError} `pool/invalid-option`.
   */
  close(code = 1000, reason = ""): Promise<LinkEnd> {
    checkClose(code, reason);
    const { over } = this.#life; // a listener may begin another
    this.#driver.run((machine, nowMs) => machine.close(code, reason, nowMs));
    return over.then(({ end }) => end);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The network or the computer is there again: a wait for the next attempt ends, and an open connection is pinged. */
  wake(): void {
    this.#driver.run((machine, nowMs) => machine.wake(nowMs));
  }

  stats(): SocketStats {
    const { machine } = this.#driver;
    return socketStats({ machine, ledger: this.#ledger, inbound: this.#inbound, outbound: this.#outbound }, this.#driver.now());
  }

  #setPaused(isPaused: boolean): void {
    this.#inbound.isPaused = isPaused;
    this.#driver.setReading(!this.#inbound.isHolding);
  }

  #driverHost(): DriverHost {
    const [inbound, outbound] = [this.#inbound, this.#outbound];
    return {
      inbound,
      outbox: outbound.outbox,
      onAdopted: (link, adoption) => this.#onAdopted(link, adoption),
      onRetired: () => outbound.retired(),
      onDropped: (error) => this.#onDropped(error),
      onHookFailed: (error) => this.#onHookFailed(error),
      onOver: (outcome) => this.#onOver(outcome),
      dispatch: (event, ...payload) => this.#dispatch(event, ...payload),
    };
  }

  #onAdopted(link: Link, adoption: Adoption): void {
    const { attempt, downtimeMs, replacedAgeMs } = adoption;
    this.#ledger.adopted(adoption, this.#driver.now());
    this.#outbound.adopted(link, downtimeMs === undefined ? attempt.reason : "reconnect", replacedAgeMs !== undefined);
    this.#life.adopted();
  }

  #onDropped(error: JetSocketError): void {
    this.#ledger.dropped();
    this.#life.dropped(error);
    this.#outbound.dropped(error);
  }

  #onOver(outcome: Outcome): void {
    const { end, error, isQuiet } = outcome;
    this.#inbound.over(outcome, isQuiet && end.initiator === "local");
    this.#outbound.over(error);
    this.#life.end(outcome);
  }

  #refusal(mayWait: boolean): JetSocketError | undefined {
    const { state } = this;
    if (state === "connected" || (mayWait && AWAITING.includes(state))) return undefined;
    return this.#life.failure ?? invalidState("Cannot send", state, ["connected"]);
  }

  #checkReceiving(): void {
    if (this.state === "idle") throw invalidState("Cannot receive", "idle", ["connecting", "connected"]);
  }

  #onHookFailed(error: unknown): void {
    this.#emit("error", { error: error instanceof Error ? error : new JetSocketError("Cannot go on: a hook failed", { cause: error }), fatal: false });
  }

  #emit<Event extends EventName<SocketEventMap<In>>>(event: Event, ...payload: SocketEventMap<In>[Event]): void {
    if (this.#driver.isSettled) this.#dispatch(event, ...payload);
    else this.#driver.tell(() => this.#dispatch(event, ...payload));
  }

  #dispatch<Event extends EventName<SocketEventMap<In>>>(event: Event, ...payload: SocketEventMap<In>[Event]): void {
    if (event === "error") this.#ledger.errors++;
    this.dispatch(event, ...payload);
  }
}
