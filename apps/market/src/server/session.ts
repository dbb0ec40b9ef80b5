/**
 * One connection to a server of channels: its requests, and what it reads.
 *
 * Room: server.
 */
import { TokenBucket } from "@x/app-base/token-bucket";
import type { Clock } from "@x/errors/clock";
import { limits } from "../shared/limits.js";
import { requestSchema, type Answer, type Request } from "../shared/protocol.js";
import type { Outlet, Reader } from "./channel.js";
import type { Hub } from "./hub.js";

/** As much of a connection as is used here. */
export interface Wire {
  /** @returns `false`, and has sent nothing, when too much waits already. */
  trySend(text: string): boolean;
  close(code: number, reason: string): void;
}

export class Session {
  readonly #hub: Hub;
  readonly #wire: Wire;
  readonly #outlet: Outlet;
  readonly #clock: Clock;
  readonly #readings = new Map<string, { readonly reader: Reader; readonly leave: () => void }>();
  readonly #rate: TokenBucket;

  /** @param outlet where messages go to; default the wire. */
  constructor(hub: Hub, wire: Wire, clock: Clock, outlet: Outlet = { offer: ({ text }) => wire.trySend(text) }) {
    this.#hub = hub;
    this.#wire = wire;
    this.#clock = clock;
    this.#outlet = outlet;
    this.#rate = new TokenBucket({ burst: limits.requestBurst, perSecond: limits.requestsPerSecond }, clock.now());
  }

  get channels(): number {
    return this.#readings.size;
  }

  receive(data: string | Uint8Array): void {
    if (this.#rate.take(this.#clock.now()) > 0) {
      this.#wire.close(1008, "Too many requests");
      return;
    }
    const request = parse(data);
    if (request === undefined) this.#wire.close(1008, "Not a request of this protocol");
    else if (request.op === "subscribe") this.#subscribe(request);
    else {
      this.#unsubscribe(request.channel);
      this.#answer({ type: "done", id: request.id });
    }
  }

  /** The wire takes messages again. */
  resume(): void {
    for (const { reader } of this.#readings.values()) reader.pump();
  }

  end(): void {
    for (const { leave } of this.#readings.values()) leave();
    this.#readings.clear();
  }

  #subscribe({ channel, id, after }: Extract<Request, { op: "subscribe" }>): void {
    this.#unsubscribe(channel); // again, perhaps from another position
    const joined = this.#readings.size < limits.channelsPerConnection ? this.#hub.join(channel, this.#outlet, after) : `A connection has at most ${limits.channelsPerConnection} channels`;
    if (typeof joined === "string") {
      this.#answer({ type: "done", id, error: joined });
      return;
    }
    this.#readings.set(channel, joined);
    this.#answer({ type: "done", id, ...(after === undefined ? {} : { resumed: joined.reader.isResumed }) });
    joined.reader.pump();
  }

  #unsubscribe(channel: string): void {
    this.#readings.get(channel)?.leave();
    this.#readings.delete(channel);
  }

  /** Under pressure it is lost: who asks for more than it reads has to ask again. */
  #answer(answer: Answer): void {
    this.#wire.trySend(JSON.stringify(answer));
  }
}

function parse(data: string | Uint8Array): Request | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const result = requestSchema.safeParse(JSON.parse(data));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
