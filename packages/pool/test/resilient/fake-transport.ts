/** Connections that a test makes, feeds and ends by hand. */
import { FakeClock, seededRandom, settle } from "@x/testkit";
import { ConnectionClosedError, ConnectionError, JetSocketError } from "@x/errors/pool";
import type { LinkEnd } from "../../src/core/resilient/link-end.js";
import { ResilientSocket, type ConnectRequest, type Link, type LinkHandler, type Payload, type ResilientSocketOptions, type SocketEventMap, type Transport, type UrlSource } from "../../src/resilient.js";

/** One connection, seen from the server's end. */
export class FakeLink implements Link {
  readonly protocol = "fake";
  readonly extensions = "";
  readonly request: ConnectRequest;
  readonly sent: Payload[] = [];
  /** How this side ended it. */
  ended: { readonly code: number; readonly reason: string } | "cut" | undefined;
  isCongested = false;
  isReading = true;
  pings = 0;
  canPing = true;
  isOver = false;
  #handler: LinkHandler | undefined;
  readonly #pongs: (() => void)[] = [];
  readonly #held: Payload[] = [];

  constructor(request: ConnectRequest) {
    this.request = request;
  }

  /** As JSON. */
  get sentData(): unknown[] {
    return this.sent.map((payload) => JSON.parse(String(payload)) as unknown);
  }

  start(handler: LinkHandler): void {
    this.#handler = handler;
    this.#flush();
  }

  send(data: Payload): Promise<void> {
    if (this.ended !== undefined || this.isOver) throw new ConnectionClosedError("Cannot send: it is closed");
    this.sent.push(data);
    return Promise.resolve();
  }

  setReading(isReading: boolean): void {
    this.isReading = isReading;
    this.#flush();
  }

  ping(): Promise<unknown> | undefined {
    if (!this.canPing) return undefined;
    this.pings++;
    return new Promise<void>((resolve) => this.#pongs.push(resolve));
  }

  end(close?: { readonly code: number; readonly reason: string }): void {
    this.ended ??= close ?? "cut";
    if (close === undefined) this.isOver = true;
  }

  /** The server's message. Held back while it is not read. */
  deliver(...data: unknown[]): void {
    for (const one of data) this.#held.push(JSON.stringify(one));
    this.#flush();
  }

  deliverRaw(...raw: Payload[]): void {
    this.#held.push(...raw);
    this.#flush();
  }

  pong(): void {
    for (const resolve of this.#pongs.splice(0)) resolve();
  }

  /** It ends from the other side, or the server answers our Close. */
  close(code = 1006, reason = "", initiator: LinkEnd["initiator"] = code === 1006 ? "network" : "remote"): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#handler?.onEnd({ code, reason, wasClean: code !== 1006, initiator });
  }

  /** The server answers our Close. */
  answerClose(): void {
    const { code, reason } = typeof this.ended === "object" ? this.ended : { code: 1006, reason: "" };
    this.close(code, reason, "local");
  }

  #flush(): void {
    while (this.isReading && this.#handler !== undefined && !this.isOver) {
      const raw = this.#held.shift();
      if (raw === undefined) return;
      this.#handler.onMessage(raw);
    }
  }
}

export type Answer = "open" | "hang" | Error;

/** Answers each attempt as told, in their order; later ones as the last. */
export class FakeTransport implements Transport {
  readonly links: FakeLink[] = [];
  readonly requests: ConnectRequest[] = [];
  answers: Answer[] = ["open"];
  readonly #hanging: ((answer: "open" | Error) => void)[] = [];
  wake: (() => void) | undefined;

  get last(): FakeLink {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error("no link was opened");
    return link;
  }

  async connect(request: ConnectRequest): Promise<Link> {
    this.requests.push(request);
    let answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) ?? "open";
    if (answer === "hang") answer = await new Promise<"open" | Error>((resolve) => this.#hanging.push(resolve));
    if (answer instanceof Error) throw answer;
    const link = new FakeLink(request);
    this.links.push(link);
    return link;
  }

  /** Answers what hangs. */
  release(answer: "open" | Error = "open"): void {
    for (const resolve of this.#hanging.splice(0)) resolve(answer);
  }

  watch(onWake: () => void): () => void {
    this.wake = onWake;
    return () => (this.wake = undefined);
  }
}

export const REFUSED: ConnectionError = new ConnectionError("Cannot connect: refused");

/** Every event, in the order in which it was told. */
const EVENTS = [
  "connecting", "connected", "reconnected", "renewed", "disconnected", "reconnecting", "closing", "closed", "error", "stateChange", "ping", "pong",
  "replayStarted", "replayCompleted", "bufferOverflow",
] as const satisfies readonly (keyof SocketEventMap<unknown>)[];

export interface Told {
  readonly event: string;
  readonly payload: object;
}

export interface SetUp<In, Out> {
  readonly socket: ResilientSocket<In, Out>;
  readonly transport: FakeTransport;
  readonly clock: FakeClock;
  readonly told: Told[];
  /** Of one event. */
  readonly of: (event: string) => object[];
  /** Moves time on, and lets everything happen that follows from it. */
  readonly pass: (ms: number) => Promise<void>;
  /** Connects; the transport answers as it is set to. */
  readonly open: () => Promise<FakeLink>;
}

export function setUp<In = unknown, Out = unknown>(options: ResilientSocketOptions<In, Out> = {}, url: UrlSource = "ws://fake/"): SetUp<In, Out> {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const socket = new ResilientSocket<In, Out>(url, { transport, clock, random: seededRandom(1), ...options });
  const told: Told[] = [];
  for (const event of EVENTS) socket.on(event, (...[payload]) => void told.push({ event, payload }));
  return {
    socket, transport, clock, told,
    of: (event) => told.filter((one) => one.event === event).map(({ payload }) => payload),
    pass: async (ms) => {
      clock.advance(ms);
      await settle(1);
    },
    open: async () => {
      await socket.connect();
      return transport.last;
    },
  };
}

/** What a promise came to so far. */
export function watch<Value>(promise: Promise<Value>): { value?: Value; error?: unknown } {
  const watched: { value?: Value; error?: unknown } = {};
  promise.then((value) => (watched.value = value), (error: unknown) => (watched.error = error));
  return watched;
}

/** @returns what it rejects with. */
export async function failure(promise: Promise<unknown>): Promise<JetSocketError> {
  const error: unknown = await promise.then(() => undefined, (thrown: unknown) => thrown);
  if (error instanceof JetSocketError) return error;
  throw new Error("it did not fail with an error of the family", { cause: error });
}

/** Waits without chance. */
export const steady: { readonly jitter: 0 } = { jitter: 0 };

/** Everything that can be received at once. */
export async function drain<In, Out>(socket: ResilientSocket<In, Out>): Promise<In[]> {
  const all: In[] = [];
  for (let message = await socket.receive({ timeoutMs: 0 }); message !== null; message = await socket.receive({ timeoutMs: 0 })) all.push(message);
  return all;
}
