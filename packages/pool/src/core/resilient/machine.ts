/**
 * The life of a resilient socket as a machine: intents, reports of connections and time in, calls of a {@link MachineSink} out.
 *
 * Room: pool core. Knows no promise, timer or socket; `Link` stands for whatever the shell holds. Time is an argument
 * (milliseconds of one monotonic clock). State is settled before the sink is called.
 */
import type { Swept } from "@x/errors/clock";
import { ConnectionTimeoutError, type JetSocketError } from "@x/errors/pool";
import { reconnection, type NextAttempt, type Reconnection } from "@x/errors/retry";
import { Dialer } from "./dialer.js";
import { Heartbeat, Latency } from "./heartbeat.js";
import { Life } from "./life.js";
import { endedError, endsQuietly, LOST, type LinkEnd } from "./link-end.js";
import type { Attempt, ConnectIntent, MachineSettings, MachineSink, Outcome } from "./lifecycle.js";
import { phaseDeadlineMs, type Current, type Phase } from "./phases.js";
import { Renewal } from "./renewal.js";
import { Retired } from "./retired.js";
import { checkTransition, CONNECTABLE, invalidState, type SocketState } from "./states.js";

/** Given up by this side, which tells nobody: nobody is there. */
const SILENT: LinkEnd = { code: 1006, reason: "Ping timeout", wasClean: false, initiator: "local" };
const RENEWED = { code: 1000, reason: "renewed" };

export class Machine<Link> implements Swept {
  readonly latency: Latency = new Latency();
  readonly #settings: MachineSettings;
  readonly #sink: MachineSink<Link>;
  readonly #dialer: Dialer;
  readonly #retired: Retired<Link>;
  #phase: Phase<Link> = { kind: "idle" };
  #life: Life | undefined;

  constructor(settings: MachineSettings, sink: MachineSink<Link>) {
    this.#settings = settings;
    this.#sink = sink;
    this.#dialer = new Dialer(settings.limits.connectTimeoutMs, sink);
    this.#retired = new Retired(settings.limits, {
      close: (link) => sink.end(link, RENEWED),
      cut: (link) => sink.end(link, undefined),
      unheard: (link) => sink.retired(link),
    });
    this.#schedule(); // its options are checked when they are given
  }

  get state(): SocketState {
    return this.#phase.kind;
  }

  /** The connection that messages are sent on. */
  get link(): Link | undefined {
    return this.#current?.link;
  }

  /** Since when the present connection is open. */
  get sinceMs(): number | undefined {
    return this.#current?.sinceMs;
  }

  get deadlineMs(): number {
    return Math.min(phaseDeadlineMs(this.#phase), this.#dialer.deadlineMs, this.#life?.deadlineMs ?? Infinity, this.#retired.deadlineMs);
  }

  /** @returns whether messages of `link` count. */
  hears(link: Link): boolean {
    return this.link === link || this.#retired.hears(link);
  }

  /** @throws {InvalidStateError} `pool/invalid-state`. */
  connect(intent: ConnectIntent, nowMs: number): void {
    if (!CONNECTABLE.includes(this.state)) throw invalidState("Cannot connect", this.state, CONNECTABLE);
    this.#life = new Life(this.#schedule(), intent, nowMs);
    this.#attempt({ reason: "connect", attempt: 1, cause: undefined }, nowMs);
  }

  /** An attempt succeeded. One that nobody wants any more is hung up. */
  opened(attempt: Attempt, link: Link, nowMs: number): void {
    if (!this.#dialer.answered(attempt)) this.#sink.end(link, undefined);
    else this.#adopt(link, attempt, this.#current, nowMs);
  }

  attemptFailed(attempt: Attempt, failure: JetSocketError, nowMs: number): void {
    if (!this.#dialer.answered(attempt)) return;
    if (this.#current === undefined) this.#connectFailed(failure, nowMs);
    else this.#renewalFailed(this.#current, failure, nowMs);
  }

  /** A connection is gone, for the reason it gives. */
  linkEnded(link: Link, end: LinkEnd, nowMs: number, cause?: unknown): void {
    const phase = this.#phase;
    if (phase.kind === "connected" && phase.current.link === link) this.#lost(phase.current, end, "disconnected", nowMs, cause);
    else if (phase.kind === "disconnecting" && phase.link === link) this.#disconnected(end, nowMs);
    else this.#retired.ended(link);
  }

  /** Something arrived. */
  alive(link: Link, nowMs: number): void {
    if (this.link === link) this.#current?.heartbeat.alive(nowMs);
  }

  /** A ping was answered. */
  pong(link: Link, payload: string | Uint8Array, nowMs: number): void {
    const latencyMs = this.link === link ? this.#current?.heartbeat.pong(nowMs) : undefined;
    if (latencyMs === undefined) return;
    this.latency.add(latencyMs);
    this.#sink.emit("pong", { payload, latencyMs });
  }

  /** The network may be there again, or the computer awake: waits end, and what is open must prove itself. */
  wake(nowMs: number): void {
    const phase = this.#phase;
    if (phase.kind === "backingOff") this.#attempt(phase.next, nowMs);
    else if (phase.kind === "connected" && phase.current.heartbeat.probe(nowMs) === "ping") this.#sink.ping(phase.current.link);
  }

  /** Ends the life: what is open with a handshake, what is to come at once. Idempotent. */
  close(code: number, reason: string, nowMs: number): void {
    const phase = this.#phase;
    const end: LinkEnd = { code, reason, wasClean: true, initiator: "local" };
    switch (phase.kind) {
      case "idle": case "connecting": case "backingOff": this.#stop(end, nowMs); return;
      case "connected": this.#startClosing(phase.current, end, nowMs); return;
      case "disconnecting": case "disconnected": case "reconnecting": case "failed": case "closed": return;
    }
  }

  /** The caller of `connect` does not wait any longer. Does nothing once it has succeeded. */
  giveUp(error: JetSocketError, nowMs: number): void {
    if (this.#life?.isOpening !== true) return;
    this.#dialer.abandon(error);
    this.#fail(error, LOST, nowMs);
  }

  tick(nowMs: number): void {
    this.#retired.tick(nowMs);
    const phase = this.#phase;
    if (this.#life !== undefined && this.#life.deadlineMs <= nowMs) this.giveUp(this.#life.overdue, nowMs);
    else if (phase.kind === "connecting") this.#tickConnecting(nowMs);
    else if (phase.kind === "backingOff" && phase.dueMs <= nowMs) this.#attempt(phase.next, nowMs);
    else if (phase.kind === "disconnecting" && phase.forceAtMs <= nowMs) this.#forceClosed(phase.link, phase.end, nowMs);
    else if (phase.kind === "connected") this.#tickConnected(phase.current, nowMs);
  }

  get #current(): Current<Link> | undefined {
    return this.#phase.kind === "connected" ? this.#phase.current : undefined;
  }

  /** @returns when to connect again in a life that begins; `undefined`: the first end is the last. */
  #schedule(): Reconnection | undefined {
    const { reconnect } = this.#settings;
    return reconnect === undefined ? undefined : reconnection(reconnect, (error) => this.#sink.hookFailed(error));
  }

  #attempt(attempt: Attempt, nowMs: number): void {
    this.#enter({ kind: "connecting" });
    this.#dialer.start(attempt, nowMs);
  }

  #tickConnecting(nowMs: number): void {
    const failure = this.#dialer.tick(nowMs);
    if (failure !== undefined) this.#connectFailed(failure, nowMs);
  }

  #connectFailed(failure: JetSocketError, nowMs: number): void {
    const next = this.#living().attemptFailed(failure, nowMs);
    if (next === undefined) {
      this.#fail(failure, LOST, nowMs);
      return;
    }
    this.#sink.emit("error", { error: failure, fatal: false });
    this.#backOff(next, failure, nowMs);
  }

  #backOff(follows: NextAttempt, failure: JetSocketError, nowMs: number): void {
    const next = this.#living().attempt(follows, failure);
    const { attempt, delayMs } = follows;
    this.#sink.emit("reconnecting", { attempt, delayMs, lastError: failure });
    if (delayMs <= 0 && this.state === "reconnecting") this.#attempt(next, nowMs);
    else this.#enter({ kind: "backingOff", next, dueMs: nowMs + delayMs });
  }

  #adopt(link: Link, attempt: Attempt, replaced: Current<Link> | undefined, nowMs: number): void {
    const { limits, random } = this.#settings;
    const downtimeMs = this.#living().opened(nowMs);
    const current = { link, sinceMs: nowMs, heartbeat: new Heartbeat(this.#settings.heartbeat, nowMs), renewal: new Renewal(limits, random, nowMs) };
    if (replaced === undefined) this.#enter({ kind: "connected", current });
    else this.#phase = { kind: "connected", current };
    this.#sink.adopted(link, { attempt, downtimeMs, replacedAgeMs: replaced === undefined ? undefined : nowMs - replaced.sinceMs });
    if (replaced !== undefined) this.#retired.add(replaced.link, nowMs);
  }

  #tickConnected(current: Current<Link>, nowMs: number): void {
    const beat = current.heartbeat.tick(nowMs);
    if (beat === "dead") this.#died(current, nowMs);
    else this.#renew(current, nowMs);
    if (beat === "ping") this.#sink.ping(current.link);
  }

  #died(current: Current<Link>, nowMs: number): void {
    const afterMs = this.#settings.heartbeat.timeoutMs;
    const error = new ConnectionTimeoutError(`Cannot use connection: no answer to a ping within ${afterMs} ms`, { operation: "ping", afterMs });
    this.#sink.emit("error", { error, fatal: false });
    this.#lost(current, SILENT, "reconnecting", nowMs, error);
  }

  #renew(current: Current<Link>, nowMs: number): void {
    const failure = this.#dialer.tick(nowMs);
    if (failure !== undefined) this.#renewalFailed(current, failure, nowMs);
    const attempt = current.renewal.start(nowMs);
    if (attempt !== undefined) this.#dialer.start(attempt, nowMs);
  }

  /** The old connection serves on; the policy says whether and when another attempt is made. */
  #renewalFailed(current: Current<Link>, failure: JetSocketError, nowMs: number): void {
    const next = this.#living().renewalFailed(failure);
    current.renewal.failed(next, nowMs);
    this.#sink.emit("error", { error: failure, fatal: false });
  }

  #lost(current: Current<Link>, end: LinkEnd, via: "disconnected" | "reconnecting", nowMs: number, cause: unknown): void {
    const error = endedError(end, cause);
    const next = this.#living().lost(error, nowMs - current.sinceMs, nowMs);
    if (end.initiator === "remote") this.#sink.emit("closing", { code: end.code, reason: end.reason, initiatedBy: "remote" });
    this.#enter({ kind: via });
    this.#dropped(end, error);
    if (via === "reconnecting") this.#sink.end(current.link, undefined);
    if (next === undefined) this.#stay(end, error, nowMs);
    else this.#comeBack(end, error, next, nowMs);
  }

  /** There is no further attempt. */
  #stay(end: LinkEnd, error: JetSocketError, nowMs: number): void {
    this.#dialer.abandon(error);
    const isQuiet = endsQuietly(end);
    if (this.state === "disconnected" && (isQuiet || this.#settings.reconnect === undefined)) this.#finish({ end, error, isQuiet }, nowMs);
    else this.#fail(error, end, nowMs);
  }

  #comeBack({ code, reason }: LinkEnd, error: JetSocketError, next: NextAttempt, nowMs: number): void {
    this.#sink.emit("closed", { code, reason, reconnecting: true });
    if (this.state === "disconnected") this.#enter({ kind: "reconnecting" });
    if (!this.#dialer.isDialing) {
      this.#backOff(next, error, nowMs);
      return;
    }
    this.#sink.emit("reconnecting", { attempt: next.attempt, delayMs: 0, lastError: error }); // by the attempt that is under way
    this.#enter({ kind: "connecting" });
  }

  /** Nothing is open. */
  #stop(end: LinkEnd, nowMs: number): void {
    const error = endedError(end);
    this.#dialer.abandon(error);
    this.#finish({ end, error, isQuiet: true }, nowMs);
  }

  #startClosing({ link }: Current<Link>, end: LinkEnd, nowMs: number): void {
    const { code, reason } = end;
    this.#enter({ kind: "disconnecting", link, end, forceAtMs: nowMs + this.#settings.limits.closeTimeoutMs });
    this.#sink.emit("closing", { code, reason, initiatedBy: "local" });
    this.#dialer.abandon(endedError(end));
    this.#retired.close(nowMs);
    this.#sink.end(link, { code, reason });
  }

  #disconnected(end: LinkEnd, nowMs: number): void {
    const error = endedError(end);
    this.#enter({ kind: "disconnected" });
    this.#dropped(end, error);
    this.#finish({ end, error, isQuiet: true }, nowMs);
  }

  #forceClosed(link: Link, asked: LinkEnd, nowMs: number): void {
    const end = { ...asked, wasClean: false };
    const error = endedError(end);
    this.#enter({ kind: "closed" });
    this.#dropped(end, error);
    this.#sink.end(link, undefined);
    this.#over({ end, error, isQuiet: true }, nowMs);
  }

  #dropped({ code, reason, wasClean }: LinkEnd, error: JetSocketError): void {
    this.#sink.emit("disconnected", { code, reason, wasClean });
    this.#sink.dropped(error);
  }

  #fail(error: JetSocketError, end: LinkEnd, nowMs: number): void {
    if (this.state === "disconnected") this.#enter({ kind: "reconnecting" });
    this.#enter({ kind: "failed" });
    this.#sink.emit("error", { error, fatal: true });
    this.#over({ end, error, isQuiet: false }, nowMs);
  }

  #finish(outcome: Outcome, nowMs: number): void {
    this.#enter({ kind: "closed" });
    this.#over(outcome, nowMs);
  }

  #over(outcome: Outcome, nowMs: number): void {
    const { code, reason } = outcome.end;
    this.#life = undefined;
    this.#retired.close(nowMs);
    this.#sink.emit("closed", { code, reason, reconnecting: false });
    this.#sink.over(outcome);
  }

  #enter(phase: Phase<Link>): void {
    const oldState = this.state;
    checkTransition(oldState, phase.kind);
    this.#phase = phase;
    this.#sink.emit("stateChange", { oldState, newState: phase.kind });
  }

  /** Every state but the first and the last ones has a life. */
  #living(): Life {
    if (this.#life === undefined) throw invalidState("Cannot go on", this.state, ["connecting", "connected", "backingOff"]);
    return this.#life;
  }
}
