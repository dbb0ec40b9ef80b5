/**
 * The load generator, one process per server: raw sockets that read into one buffer, frames encoded beforehand, replies
 * counted by frame header. It is the same for every server and knows no library under test.
 */
import { connect, type Socket } from "node:net";
import type { GeneratorAnswer, GeneratorQuestion, LoadSpec } from "./messages.js";
import { FrameCounter } from "./wire.js";

const readBuffer = Buffer.allocUnsafe(256 * 1024);

interface Hooks {
  onReplies(link: Link): void;
  onLost(error: Error): void;
}

/** One connection: handshake, frames to let pass, then a counter of replies. */
class Link {
  readonly socket: Socket;
  readonly counter: FrameCounter = new FrameCounter();
  /** Total of frames at which the present burst is complete. */
  awaited = 0;
  /** Copies of what arrives, while somebody wants to see it. */
  record: Buffer[] | undefined;
  #head = "";
  #isUpgraded: boolean;

  constructor(spec: LoadSpec, hooks: Hooks, onReady: (link: Link) => void) {
    const { path, greeting, framesBefore } = spec.preamble;
    this.#isUpgraded = path === undefined;
    let isReady = false;
    const readyWhenPassed = (): void => {
      if (isReady || !this.#isUpgraded || this.counter.frames < framesBefore) return;
      isReady = true;
      onReady(this);
    };
    const read = (size: number): void => {
      let start = 0;
      if (!this.#isUpgraded) {
        const rest = this.#upgrade(size, hooks);
        if (rest === undefined) return;
        start = rest;
        if (greeting !== undefined) this.socket.write(Buffer.from(greeting, "base64"));
      }
      if (isReady) this.record?.push(Buffer.from(readBuffer.subarray(0, size)));
      const before = this.counter.frames;
      this.counter.push(start === 0 ? readBuffer : readBuffer.subarray(start), size - start);
      if (isReady && this.counter.frames !== before) hooks.onReplies(this);
      readyWhenPassed();
    };
    this.socket = connect({
      port: spec.port,
      host: "127.0.0.1",
      noDelay: true,
      onread: { buffer: readBuffer, callback: (size) => (read(size), true) },
    });
    this.socket.on("error", (error) => hooks.onLost(error));
    this.socket.on("close", () => hooks.onLost(new Error("The server closed the connection")));
    this.socket.once("connect", () => {
      if (path === undefined) readyWhenPassed();
      else this.socket.write(upgradeRequest(path, spec.port, spec.preamble.extensions));
    });
  }

  /** @returns where the first frame starts, once the whole head is there. */
  #upgrade(size: number, hooks: Hooks): number | undefined {
    const before = this.#head.length;
    this.#head += readBuffer.toString("latin1", 0, size);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    if (!this.#head.startsWith("HTTP/1.1 101")) {
      hooks.onLost(new Error(this.#head.slice(0, 200)));
      return undefined;
    }
    this.#isUpgraded = true;
    return end + 4 - before;
  }
}

function upgradeRequest(path: string, port: number, extensions: string | undefined): string {
  return [
    `GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, "Connection: Upgrade", "Upgrade: websocket",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...(extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]), "", "",
  ].join("\r\n");
}

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

/** Opens connections one after the other in sixteen lanes, each reset as soon as it could send (no TIME_WAIT). */
async function handshakes(spec: LoadSpec, count: number, forMs: number): Promise<{ count: number; elapsedMs: number }> {
  const startMs = performance.now();
  let started = 0;
  const lane = async (): Promise<void> => {
    while (started < count && performance.now() - startMs < forMs) {
      started += 1;
      await new Promise<void>((resolve, reject) => {
        const hooks: Hooks = { onReplies: () => undefined, onLost: reject };
        new Link(spec, hooks, (link) => {
          hooks.onLost = () => undefined;
          link.socket.once("close", () => resolve());
          link.socket.resetAndDestroy();
        });
      });
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  return { count: started, elapsedMs: performance.now() - startMs };
}

let load: Load | undefined;

async function answer(question: GeneratorQuestion): Promise<GeneratorAnswer> {
  switch (question.kind) {
    case "open":
      load = new Load(question.spec);
      await load.open();
      return { kind: "done" };
    case "first":
      return { kind: "reply", bytes: (await load!.first(question.replyBytes)).toString("base64") };
    case "run":
      return { kind: "ran", ...(await load!.run(question.requests ?? Infinity, question.forMs ?? Infinity)) };
    case "handshakes":
      return { kind: "ran", ...(await handshakes(question.spec, question.count ?? Infinity, question.forMs ?? Infinity)) };
    case "close":
      load?.close();
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
