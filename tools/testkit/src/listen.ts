/** Servers on a port that the system chooses. */
import type { Server } from "node:net";

export interface Listening {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Stops listening and hangs up on whoever is still connected. Idempotent. */
  readonly close: () => Promise<void>;
}

/** Listens on 127.0.0.1, on a free port. Takes servers of node:net and all that are built on it (node:http, node:https, node:tls). */
export async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("Cannot tell the port: server listens on a path, must be TCP");
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
