/**
 * The load generator, one process per server: raw sockets that read into one buffer, frames encoded beforehand, replies
 * counted by frame header. It is the same for every server and knows no library under test.
 */
import { EchoPeer } from "./echo-peer.js";
import { Link, type Hooks } from "./link.js";
import type { GeneratorAnswer, GeneratorQuestion, LoadSpec } from "./messages.js";
import { PollingLoad } from "./polling-load.js";
import { inLanes } from "./lanes.js";
import { upgradeSession } from "./upgrade-session.js";

const LANES = 16;

/** All connections to one server. */
class Load {
  readonly #spec: LoadSpec;
  readonly #links: Link[] = [];
  readonly #request: Buffer;
  readonly #burst: Buffer;
  #left = 0;
  #deadlineMs = Infinity;
  #sent = 0;
  #busy = 0;
  #finish: (() => void) | undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(spec: LoadSpec) {
    this.#spec = spec;
    this.#request = Buffer.from(spec.request, "base64");
    this.#burst = Buffer.concat(Array<Buffer>(spec.inFlight).fill(this.#request));
  }

  async open(): Promise<void> {
    // Fifty at a time, so that no backlog overflows.
    while (this.#links.length < this.#spec.connections) {
      const batch = Math.min(50, this.#spec.connections - this.#links.length);
      await Promise.all(Array.from({ length: batch }, () => new Promise<void>((resolve, reject) => {
        this.#fail = reject;
        const hooks: Hooks = { onReplies: (link) => this.#onReplies(link), onLost: (error) => this.#fail(error) };
        this.#links.push(new Link(this.#spec, hooks, () => resolve()));
      })));
    }
  }

  async first(replyBytes: number): Promise<Buffer> {
    const last = this.#links.at(-1)!;
    const record: Buffer[] = (last.record = []);
    const asking = this.#askers()[this.#spec.asks === "all" ? this.#links.length - 1 : 0]!;
    await new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#finish = resolve;
      this.#busy = 1;
      last.awaited = last.counter.frames + this.#spec.repliesPerRequest;
      asking.socket.write(this.#request);
    });
    last.record = undefined;
    // A broadcast reaches the others too; let it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const link of this.#links) link.awaited = link.counter.frames;
    return Buffer.concat(record).subarray(0, replyBytes + 64);
  }

  /** Runs until so many requests were sent and answered, or until the time is up and nothing is in flight. */
  async run(requests: number, forMs: number): Promise<{ count: number; elapsedMs: number }> {
    const startMs = performance.now();
    this.#left = requests;
    this.#deadlineMs = startMs + forMs;
    this.#sent = 0;
    await new Promise<void>((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
      this.#busy = 1;
      if (this.#spec.asks === "first") this.#broadcast();
      else for (const link of this.#links) this.#ask(link);
      this.#done();
    });
    return { count: this.#sent, elapsedMs: performance.now() - startMs };
  }

  close(): void {
    this.#fail = () => undefined;
    for (const link of this.#links) link.socket.resetAndDestroy();
    this.#links.length = 0;
  }

  #askers(): readonly Link[] {
    return this.#spec.asks === "first" ? this.#links.slice(0, 1) : this.#links;
  }

  /** @returns how many requests may leave now. */
  #claim(): number {
    if (performance.now() >= this.#deadlineMs) return 0;
    const count = Math.min(this.#spec.inFlight, this.#left);
    this.#left -= count;
    this.#sent += count;
    return count;
  }

  #ask(link: Link): void {
    const count = this.#claim();
    if (count === 0) return;
    this.#busy += 1;
    link.awaited = link.counter.frames + count * this.#spec.repliesPerRequest;
    link.socket.write(count === this.#spec.inFlight ? this.#burst : Buffer.concat(Array<Buffer>(count).fill(this.#request)));
  }

  #broadcast(): void {
    const count = this.#claim();
    if (count === 0) return;
    this.#busy += this.#links.length;
    for (const link of this.#links) link.awaited = link.counter.frames + count * this.#spec.repliesPerRequest;
    this.#links[0]!.socket.write(count === this.#spec.inFlight ? this.#burst : Buffer.concat(Array<Buffer>(count).fill(this.#request)));
  }

  #onReplies(link: Link): void {
    if (link.awaited === 0 || link.counter.frames < link.awaited) return;
    if (link.counter.frames > link.awaited && link.record === undefined && this.#busy > 0) {
      this.#fail(new Error(`${link.counter.frames - link.awaited} replies too many`));
      return;
    }
    link.awaited = 0;
    if (link.record !== undefined) this.#done();
    else if (this.#spec.asks === "first") {
      if (this.#busy === 1) this.#broadcast();
      this.#done();
    } else {
      this.#ask(link);
      this.#done();
    }
  }

  #done(): void {
    this.#busy -= 1;
    if (this.#busy > 0) return;
    const finish = this.#finish;
    this.#finish = undefined;
    finish?.();
  }
}

/** A connection opened, and reset as soon as it could send (no TIME_WAIT). */
function handshake(spec: LoadSpec): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const hooks: Hooks = { onReplies: () => undefined, onLost: reject };
    new Link(spec, hooks, (link) => {
      hooks.onLost = () => undefined;
      link.socket.once("close", () => resolve());
      link.socket.resetAndDestroy();
    });
  });
}

let load: Load | PollingLoad | undefined;
let peer: EchoPeer | undefined;

async function answer(question: GeneratorQuestion): Promise<GeneratorAnswer> {
  switch (question.kind) {
    case "open":
      load = question.spec.preamble.isPolling === true ? new PollingLoad(question.spec) : new Load(question.spec);
      await load.open();
      return { kind: "done" };
    case "first":
      return { kind: "reply", bytes: (await load!.first(question.replyBytes)).toString("base64") };
    case "run":
      return { kind: "ran", ...(await load!.run(question.requests ?? Infinity, question.forMs ?? Infinity)) };
    case "handshakes":
      return { kind: "ran", ...(await inLanes(() => handshake(question.spec), question.lanes, question.count ?? Infinity, question.forMs ?? Infinity)) };
    case "upgrades":
      return { kind: "ran", ...(await inLanes(() => upgradeSession(question.spec.port), question.lanes ?? LANES, question.count ?? Infinity, question.forMs ?? Infinity)) };
    case "serve":
      peer = new EchoPeer(Buffer.from(question.payload, "base64"));
      return { kind: "serving", port: await peer.listen() };
    case "close":
      load?.close();
      peer?.close();
      return { kind: "done" };
  }
}

process.on("message", (question: GeneratorQuestion | { readonly kind: "stop" }) => {
  if (question.kind === "stop") process.exit(0);
  answer(question).then((value) => process.send!(value), (error: unknown) => {
    console.error("generator:", error);
    process.exit(1);
  });
});
process.on("disconnect", () => process.exit(0));
