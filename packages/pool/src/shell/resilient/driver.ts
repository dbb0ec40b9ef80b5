/**
 * Between the machine and the outside: opens connections, arms the one timer, tells events once the state has settled.
 *
 * Room: pool shell. The application's code (URL, headers, hooks, listeners, also those of signals) never runs inside the machine.
 */
import { isTransportError } from "@x/errors";
import { Sweep, type Swept } from "@x/errors/clock";
import { ConnectionClosedError, ConnectionError, JetSocketError } from "@x/errors/pool";
import type { Emit } from "../../core/resilient/events.js";
import type { Adoption, Attempt, MachineSink, Outcome } from "../../core/resilient/lifecycle.js";
import type { LinkEnd } from "../../core/resilient/link-end.js";
import { Machine } from "../../core/resilient/machine.js";
import { guarded } from "../guarded.js";
import type { DriverSettings } from "./options.js";
import type { AttemptContext, Link, Payload } from "./ports.js";

export interface DriverHost {
  /** Where messages go. Nothing is read while it is holding, on purpose: silence proves nothing then. */
  readonly inbound: { readonly isHolding: boolean; receive(data: Payload, nowMs: number): void };
  /** What has deadlines beside the machine's. */
  readonly outbox: Swept;
  onAdopted(link: Link, adoption: Adoption): void;
  onRetired(): void;
  onDropped(error: JetSocketError): void;
  /** What a function of the application threw. */
  onHookFailed(error: unknown): void;
  onOver(outcome: Outcome): void;
  readonly dispatch: Emit<never>;
}

export class Driver implements MachineSink<Link>, Swept {
  readonly machine: Machine<Link>;
  readonly #settings: DriverSettings;
  readonly #host: DriverHost;
  readonly #sweep: Sweep;
  readonly #isPong: (data: Payload) => boolean;
  readonly #attempts = new Map<Attempt, AbortController>();
  /** Where each connection that is open leads, without credentials. */
  readonly #urls = new Map<Link, string>();
  readonly #events: (() => void)[] = [];
  #depth = 0;
  #stopWatching: (() => void) | undefined;

  constructor(settings: DriverSettings, host: DriverHost) {
    this.#settings = settings;
    this.#host = host;
    this.#isPong = settings.appPing === undefined ? () => false : guarded(settings.appPing.isPong, false, (error) => host.onHookFailed(error));
    this.machine = new Machine(settings.machine, this);
    this.#sweep = new Sweep(settings.clock, { granularityMs: 0 });
    this.#sweep.add(this);
  }

  get deadlineMs(): number {
    return Math.min(this.machine.deadlineMs, this.#host.outbox.deadlineMs);
  }

  now(): number {
    return this.#settings.clock.now();
  }

  /** Where the present connection leads. */
  get url(): string | undefined {
    return this.machine.link === undefined ? undefined : this.#urls.get(this.machine.link);
  }

  /** Runs an input of the machine; afterwards events are told and the timer is right. */
  run<Value>(input: (machine: Machine<Link>, nowMs: number) => Value): Value {
    this.#depth++;
    try {
      return input(this.machine, this.now());
    } finally {
      this.#depth--;
      this.settle();
    }
  }

  /** Tells what is to be told, unless that is being done further down. */
  settle(): void {
    if (this.#depth > 0) return;
    this.#depth++;
    try {
      for (let tell = this.#events.shift(); tell !== undefined; tell = this.#events.shift()) tell();
    } finally {
      this.#depth--;
    }
    this.#sweep.touch(this);
  }

  tick(): void {
    this.run((machine, nowMs) => {
      if (this.#host.inbound.isHolding && machine.link !== undefined) machine.alive(machine.link, nowMs);
      machine.tick(nowMs);
      this.#host.outbox.tick(nowMs);
    });
  }

  /** Tells now, or after what is to be told first: events keep their order, whatever a listener does. */
  tell(tell: () => void): void {
    this.#events.push(tell);
    this.settle();
  }

  /** Nothing is to be told first. */
  get isSettled(): boolean {
    return this.#depth === 0 && this.#events.length === 0;
  }

  setReading(isReading: boolean): void {
    for (const link of this.#urls.keys()) if (this.machine.hears(link)) link.setReading(isReading);
  }

  // What the machine tells

  readonly emit: Emit<never> = (event, ...payload) => void this.#events.push(() => this.#host.dispatch(event, ...payload));

  open(attempt: Attempt): void {
    const controller = new AbortController();
    this.#attempts.set(attempt, controller);
    this.#stopWatching ??= this.#settings.transport.watch?.(() => this.run((machine, nowMs) => machine.wake(nowMs)));
    void this.#open(attempt, controller.signal);
  }

  abandon(attempt: Attempt, reason: Error): void {
    const controller = this.#attempts.get(attempt);
    this.#attempts.delete(attempt);
    this.#events.push(() => controller?.abort(reason)); // who listens to its signal is told like all others
  }

  adopted(link: Link, adoption: Adoption): void {
    const { protocol, extensions } = link;
    const url = this.#urls.get(link) ?? "";
    const { attempt, downtimeMs, replacedAgeMs } = adoption;
    if (replacedAgeMs === undefined) {
      if (downtimeMs !== undefined) this.emit("reconnected", { url, attempt: attempt.attempt, downtimeMs });
      this.emit("connected", { url, protocol, extensions });
    } else this.emit("renewed", { url, ageMs: replacedAgeMs });
    if (this.#host.inbound.isHolding) link.setReading(false);
    this.#host.onAdopted(link, adoption);
    link.start({
      onMessage: (data) => this.#receive(link, data),
      onEnd: (end, cause) => this.#ended(link, end, cause),
    });
  }

  dropped(error: JetSocketError): void {
    this.#host.onDropped(error);
  }

  retired(): void {
    this.#host.onRetired();
  }

  ping(link: Link): void {
    const { appPing } = this.#settings;
    if (appPing !== undefined) this.#pingByMessage(link, appPing.payload);
    else this.#pingByFrame(link);
  }

  end(link: Link, close: { readonly code: number; readonly reason: string } | undefined): void {
    if (close === undefined) this.#urls.delete(link);
    link.end(close);
  }

  hookFailed(error: unknown): void {
    this.#host.onHookFailed(error);
  }

  over(outcome: Outcome): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#host.onOver(outcome);
    this.#sweep.delete(this); // with it goes a timer that nothing needs any more
    this.#sweep.add(this);
  }

  #receive(link: Link, data: Payload): void {
    if (!this.machine.hears(link)) return;
    const nowMs = this.now();
    this.machine.alive(link, nowMs);
    if (this.#isPong(data)) this.run((machine) => machine.pong(link, data, nowMs));
    else this.#host.inbound.receive(data, nowMs);
  }

  #ended(link: Link, end: LinkEnd, cause: unknown): void {
    this.run((machine, nowMs) => machine.linkEnded(link, end, nowMs, cause));
    this.#urls.delete(link);
  }

  async #open(attempt: Attempt, signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    if (signal.aborted) return;
    let link: Link;
    try {
      const context: AttemptContext = { ...attempt, signal };
      const { url: source, headers: fields, transport } = this.#settings;
      const url = String(typeof source === "function" ? await source(context) : source);
      const headers = typeof fields === "function" ? await fields(context) : fields;
      signal.throwIfAborted();
      const shown = withoutCredentials(url);
      if (attempt.reason !== "renew") this.tell(() => this.#host.dispatch("connecting", { url: shown, attempt: attempt.attempt }));
      link = await transport.connect({ ...context, url, headers });
      this.#urls.set(link, shown);
    } catch (error) {
      this.#attempts.delete(attempt);
      this.run((machine, nowMs) => machine.attemptFailed(attempt, failureOf(error), nowMs));
      return;
    }
    this.#attempts.delete(attempt);
    this.run((machine, nowMs) => machine.opened(attempt, link, nowMs));
  }

  #pingByMessage(link: Link, payloadOf: () => Payload): void {
    try {
      const payload = payloadOf();
      this.emit("ping", { payload });
      link.send(payload).catch(() => undefined); // its end is told by the connection
    } catch (error) {
      if (!(error instanceof ConnectionClosedError)) this.#host.onHookFailed(error);
    }
  }

  #pingByFrame(link: Link): void {
    const pong = link.ping();
    if (pong === undefined) {
      this.machine.alive(link, this.now()); // the platform cannot ask, so silence proves nothing
      return;
    }
    this.emit("ping", { payload: "" });
    pong.then(() => this.run((machine, nowMs) => machine.pong(link, "", nowMs)), () => undefined);
  }
}

/** Events are logged. */
function withoutCredentials(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, "$1");
}

/** What an attempt threw, in the pool's words. What is not of an @x package counts as a network's failure. */
function failureOf(error: unknown): JetSocketError {
  if (error instanceof JetSocketError) return error;
  return new ConnectionError(`Cannot connect: ${error instanceof Error ? error.message : "the attempt failed"}`, {
    cause: error, ...(isTransportError(error) ? { httpStatus: error.httpStatus } : {}),
  });
}
