/**
 * The socket against a model: any order of intents, network and time keeps its promises.
 *
 * States are legal; counters add up; acknowledged messages reach the server, in order, and none is lost; what is received
 * is given out once and in order; events pair up; after the end nothing is left.
 */
import { seededRandom, settle } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mayFollow, type SocketState } from "../../src/resilient.js";
import { REFUSED, setUp, type FakeLink, type SetUp } from "./fake-transport.js";

interface Numbered {
  readonly id: number;
}

/** The real socket, a server that remembers everything, and what the application knows. */
class World {
  readonly it: SetUp<Numbered, Numbered>;
  /** What the server has taken, in the order of its first arrival. */
  readonly server: number[] = [];
  readonly acknowledged = new Set<number>();
  readonly settled = new Map<number, "done" | "failed">();
  readonly received: number[] = [];
  sent = 0;
  /** Messages of the server's feed so far; it continues where a new connection asks. */
  published = 0;
  overs = 0;
  readonly #read = new WeakMap<FakeLink, number>();
  readonly #subscribed = new WeakSet<FakeLink>();

  constructor(seed: number) {
    this.it = setUp<Numbered, Numbered>({
      random: seededRandom(seed),
      reconnect: { baseMs: 100, capMs: 1_000 },
      maxAgeMs: 1_500,
      overlapMs: 50,
      connectTimeoutMs: 300,
      closeTimeoutMs: 100,
      heartbeat: { intervalMs: 2_000, timeoutMs: 500 },
      buffer: { capacity: 5, maxBytes: 10_000, dedup: { idOf: ({ id }) => id } },
      outbox: {
        capacity: 100,
        ack: { idOf: ({ id }) => id, ackOf: (message) => (typeof message === "object" && message !== null && "ack" in message ? Number(message.ack) : undefined), timeoutMs: Infinity },
      },
      replay: { sequenceIdOf: ({ id }) => id, onReplay: ({ lastSequenceId, send }) => send({ id: -1 - Number(lastSequenceId) }) },
    });
    this.it.socket.on("stateChange", ({ oldState, newState }) => expect(mayFollow(oldState, newState)).toBe(true));
    this.it.socket.on("closed", ({ reconnecting }) => {
      if (!reconnecting) this.overs++;
    });
  }

  get link(): FakeLink | undefined {
    return this.it.transport.links.findLast((link) => !link.isOver && link.ended === undefined);
  }

  /** The server reads what has come on every connection. A negative id asks for the feed from there. */
  serve(acknowledges: boolean): void {
    for (const link of this.it.transport.links) {
      if (link.isOver) continue;
      for (const { id } of link.sentData.slice(this.#read.get(link) ?? 0) as Numbered[]) {
        if (id < 0) this.#resume(link, -1 - id);
        else this.#take(link, id, acknowledges);
      }
      this.#read.set(link, link.sent.length);
    }
  }

  /** Once, from the last that the client has; from then on it gets what is published. */
  #resume(link: FakeLink, from: number): void {
    for (let n = from; n <= this.published; n++) link.deliver({ id: n });
    this.#subscribed.add(link);
  }

  #take(link: FakeLink, id: number, acknowledges: boolean): void {
    if (!this.server.includes(id)) this.server.push(id);
    if (!acknowledges) return;
    this.acknowledged.add(id);
    link.deliver({ ack: id });
  }

  send(): void {
    const id = this.sent++;
    try {
      this.it.socket.send({ id }).then(() => this.settled.set(id, "done"), () => this.settled.set(id, "failed"));
    } catch {
      this.settled.set(id, "failed");
    }
  }

  publish(): void {
    this.published++;
    for (const link of this.it.transport.links) {
      if (!link.isOver && (this.#subscribed.has(link) || link.request.reason === "connect")) link.deliver({ id: this.published });
    }
  }

  async take(): Promise<void> {
    const message = await this.it.socket.receive({ timeoutMs: 0 }).catch(() => null);
    if (message !== null) this.received.push(message.id);
  }

  check(): void {
    const { socket } = this.it;
    const stats = socket.stats();
    const pending = this.sent - this.settled.size;
    expect(stats.queued + stats.unacknowledged).toBe(pending);
    expect(stats.dropped).toBe(0);
    // in order, each once
    expect(this.received).toEqual([...new Set(this.received)].sort((a, b) => a - b));
    expect(this.server).toEqual([...this.server].sort((a, b) => a - b));
    for (const [id, outcome] of this.settled) if (outcome === "done") expect(this.acknowledged).toContain(id);
    expect(this.it.of("connected").length - this.it.of("disconnected").length).toBe(socket.isConnected || socket.state === "disconnecting" ? 1 : 0);
  }
}

interface Step {
  readonly name: string;
  readonly run: (world: World) => unknown;
}

function often(weight: number, name: string, run: Step["run"]): fc.WeightedArbitrary<Step> {
  return { weight, arbitrary: fc.constant({ name, run }) };
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  often(4, "send", (world) => world.send()),
  often(4, "publish", (world) => world.publish()),
  often(5, "take", (world) => world.take()),
  often(4, "serve", (world) => world.serve(true)),
  often(2, "serve silently", (world) => world.serve(false)),
  often(2, "lose", (world) => world.link?.close()),
  often(1, "go away", (world) => world.link?.close(1001, "bye")),
  often(2, "pong", (world) => world.link?.pong()),
  often(1, "wake", (world) => world.it.socket.wake()),
  often(1, "let open", (world) => (world.it.transport.answers = ["open"])),
  often(1, "let hang", (world) => (world.it.transport.answers = ["hang"])),
  often(1, "refuse", (world) => (world.it.transport.answers = [REFUSED])),
  often(1, "release", (world) => world.it.transport.release()),
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 1_500 }).map((ms): Step => ({ name: `pass ${ms}`, run: (world) => world.it.pass(ms) })) },
);

/** The network is good again, the server acknowledges, the application takes. */
async function recover(world: World): Promise<void> {
  world.it.transport.answers = ["open"];
  world.it.transport.release();
  for (let round = 0; round < 40; round++) {
    await world.it.pass(100);
    world.link?.pong();
    world.serve(true);
    await settle(1);
    for (let n = 0; n < 10; n++) await world.take();
  }
}

test("over any faults no acknowledged message is lost, and none received is lost, doubled or out of order", async () => {
  await fc.assert(fc.asyncProperty(fc.integer(), fc.array(steps, { maxLength: 50 }), async (seed, plan) => {
    const world = new World(seed);
    await world.it.socket.connect();
    world.publish();
    for (const { run } of plan) {
      await run(world);
      await settle(1);
      world.check();
    }
    await recover(world);
    world.check();
    expect(world.it.socket.state).toBe("connected");
    expect(world.server.length).toBe(world.sent);
    expect([...world.settled.values()]).toEqual(Array(world.sent).fill("done"));
    expect(world.received).toEqual(Array.from({ length: world.published }, (_, n) => n + 1));
    expect(world.overs).toBe(0);
  }), { numRuns: 60 });
}, 60_000);

test("whatever happens before close(), nothing is left after it", async () => {
  await fc.assert(fc.asyncProperty(fc.integer(), fc.array(steps, { maxLength: 30 }), fc.boolean(), async (seed, plan, answers) => {
    const world = new World(seed);
    const { socket, transport, clock, of } = world.it;
    void socket.connect().catch(() => undefined);
    for (const { run } of plan) await run(world);
    await settle(1);
    const closing = socket.close();
    if (answers) for (const link of transport.links) if (typeof link.ended === "object") link.answerClose();
    await world.it.pass(100);
    await closing;
    transport.release();
    await settle(2);
    const end: SocketState = socket.state;
    expect(["closed", "failed"]).toContain(end);
    expect([clock.pending, world.overs, of("closed").filter((payload) => "reconnecting" in payload && payload.reconnecting === false).length]).toEqual([0, 1, 1]);
    expect(socket.stats()).toMatchObject({ queued: 0, unacknowledged: 0 });
    expect(world.sent - world.settled.size).toBe(0);
    for (const link of transport.links) expect(link.isOver || link.ended !== undefined).toBe(true);
    await expect(socket.receive()).rejects.toThrow();
  }), { numRuns: 100 });
}, 60_000);
