/**
 * A subject in its own process, with a generator in another.
 */
import { Child } from "./child.js";
import type { ClientSpec } from "./clients/contract.js";
import type { GeneratorAnswer, GeneratorQuestion, LoadSpec, ServerAnswer, ServerQuestion } from "./messages.js";
import type { ServerSpec } from "./servers/contract.js";
import { inflatedFrame } from "./wire.js";
import { definitionOf, exchangeOf, type Exchange, type ExchangeSpec, type SubjectName } from "./subjects.js";

export interface PairOptions {
  readonly nodeFlags?: readonly string[];
  /** Which task a codec does. */
  readonly task?: string | undefined;
  /** Write a CPU profile of the server into this folder. */
  readonly profileInto?: string | undefined;
}

export interface Load extends ExchangeSpec {
  readonly connections: number;
}

type Generator = Child<GeneratorQuestion | { readonly kind: "stop" }, GeneratorAnswer>;

function underTest(name: SubjectName, spec: ServerSpec | ClientSpec, { nodeFlags = [], task, profileInto }: PairOptions): Child<ServerQuestion, ServerAnswer> {
  const { file, environment = {} } = definitionOf(name);
  const profiling = profileInto === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileInto}`];
  return new Child("server", { arguments: [file, JSON.stringify(spec)], nodeFlags: [...nodeFlags, ...profiling], environment: { ...environment, ...(task !== undefined && { BENCH_TASK: task }) } });
}

function generator({ nodeFlags = [] }: PairOptions): Generator {
  return new Child("generator", { nodeFlags: nodeFlags.filter((flag) => flag.startsWith("--conditions")) });
}

export class Pair {
  readonly name: SubjectName;
  readonly #server: Child<ServerQuestion, ServerAnswer>;
  readonly #generator: Generator;
  readonly #exchange: Exchange;
  readonly #spec: LoadSpec;

  private constructor(name: SubjectName, server: Child<ServerQuestion, ServerAnswer>, exchange: Exchange, port: number, load: Load, generator: Generator) {
    this.name = name;
    this.#server = server;
    this.#exchange = exchange;
    this.#generator = generator;
    this.#spec = {
      port,
      preamble: exchange.preamble,
      connections: load.connections,
      inFlight: load.inFlight,
      request: exchange.request.toString("base64"),
      repliesPerRequest: load.perTrigger,
      asks: load.behaviour === "broadcast" ? "first" : "all",
    };
  }

  static async start(name: SubjectName, load: Load, like: SubjectName, options: PairOptions = {}): Promise<Pair> {
    const exchange = exchangeOf(name, load, like);
    const server = underTest(name, exchange.server, options);
    const { port } = await server.ask(undefined, "ready");
    return new Pair(name, server, exchange, port, load, generator(options));
  }

  /** For a subject that is a client: the generator is the server that it talks to. */
  static async startClient(name: SubjectName, load: Load, options: PairOptions = {}): Promise<Pair> {
    const peer = generator(options);
    const { port } = await peer.ask({ kind: "serve", payload: load.payload.toString("base64") }, "serving");
    const spec: ClientSpec = { port, connections: load.connections, inFlight: load.inFlight, message: load.payload.toString() };
    const tested = underTest(name, spec, options);
    await tested.ask(undefined, "ready");
    return new Pair(name, tested, exchangeOf(name, load, name), port, load, peer);
  }

  /** Opens all connections.
   *  @throws when the first reply is not byte for byte what the protocol says. */
  async open(): Promise<void> {
    await this.#generator.ask({ kind: "open", spec: this.#spec }, "done");
    const expected = Buffer.concat(Array<Buffer>(this.#spec.repliesPerRequest).fill(this.#exchange.reply));
    const { bytes } = await this.#generator.ask({ kind: "first", replyBytes: expected.length }, "reply", 10_000);
    const received = Buffer.from(bytes, "base64");
    const reply = this.#exchange.isCompressed ? inflatedFrame(received) : received;
    if (!reply.equals(expected)) {
      throw new Error(`${this.name} answered ${reply.subarray(0, 80).toString("latin1")}, must answer ${expected.subarray(0, 80).toString("latin1")}`);
    }
  }

  /** Microseconds of CPU (user and system) that the server spent on what `work` did, per unit of it. */
  async cpuPer(work: () => Promise<number>): Promise<number> {
    const before = await this.#server.ask({ kind: "cpu" }, "cpu");
    const count = await work();
    const after = await this.#server.ask({ kind: "cpu" }, "cpu");
    return (after.micros - before.micros) / count;
  }

  /** @returns requests sent and answered. */
  run(limit: { readonly requests?: number; readonly forMs?: number }): Promise<{ readonly count: number; readonly elapsedMs: number }> {
    return this.#generator.ask({ kind: "run", ...limit }, "ran");
  }

  /** @returns connections opened and reset. */
  handshakes(limit: { readonly lanes: number; readonly count?: number; readonly forMs?: number }): Promise<{ readonly count: number; readonly elapsedMs: number }> {
    return this.#generator.ask({ kind: "handshakes", spec: this.#spec, ...limit }, "ran");
  }

  /** @returns sessions begun with polling and upgraded, and how long one takes. */
  upgrades(limit: { readonly lanes?: number; readonly count?: number; readonly forMs?: number }): Promise<{ readonly count: number; readonly elapsedMs: number; readonly medianMs?: number }> {
    return this.#generator.ask({ kind: "upgrades", spec: this.#spec, ...limit }, "ran");
  }

  /** For subjects that are no servers. */
  async work(count: number): Promise<void> {
    await this.#server.ask({ kind: "work", count }, "worked");
  }

  /** Bytes of heap in use after collecting garbage; needs `--expose-gc`. */
  async heap(): Promise<number> {
    const { bytes } = await this.#server.ask({ kind: "heap" }, "heap");
    return bytes;
  }

  async openMany(connections: number): Promise<void> {
    await this.#generator.ask({ kind: "open", spec: { ...this.#spec, connections } }, "done");
  }

  async closeAll(): Promise<void> {
    await this.#generator.ask({ kind: "close" }, "done");
  }

  async stop(): Promise<void> {
    await this.#generator.stop({ kind: "stop" });
    await this.#server.stop({ kind: "stop" });
  }
}
