/** A relay between a client and a server that can lose its cable: nothing passes any more, and nobody is told. */
import { connect, createServer, type Socket } from "node:net";
import { listen } from "@x/testkit";

export interface Relay {
  readonly url: string;
  /** Stops forwarding, both ways or one, without FIN or RST. */
  freeze(direction?: "up" | "down"): void;
  close(): Promise<void>;
}

/** @param port of the server. */
export async function relayTo(port: number): Promise<Relay> {
  const ends = { up: new Set<Socket>(), down: new Set<Socket>() };
  const join = (from: Socket, to: Socket, direction: "up" | "down"): void => {
    ends[direction].add(from);
    from.on("error", () => undefined).on("data", (chunk: Buffer) => to.write(chunk)).on("end", () => to.end());
    from.on("close", () => {
      if (!from.isPaused()) to.destroy();
    });
  };
  const server = await listen(createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    join(client, upstream, "up");
    join(upstream, client, "down");
  }));
  return {
    url: `ws://127.0.0.1:${server.port}/`,
    freeze(direction) {
      for (const one of ["up", "down"] as const) if (direction === undefined || direction === one) for (const from of ends[one]) from.pause();
    },
    async close() {
      for (const upstream of ends.down) upstream.destroy();
      await server.close();
    },
  };
}
