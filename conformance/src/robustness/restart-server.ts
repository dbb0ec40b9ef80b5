/** A server of its own process, for restart.test.ts: tells its port, then what it has whenever it is asked, and ends when it is told. */
import { serve } from "@x/simple-ws/server";

const server = await serve({
  port: Number(process.argv[2] ?? 0),
  maxConnections: 20_000,
  pingIntervalMs: 0,
  onConnection: (connection) => connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined }),
});

process.on("message", (order: "count" | "close") => {
  if (order === "count") process.send?.(server.connectionsCount);
  else void server.close({ code: 1012, reason: "restart" }).then(() => process.disconnect());
});
process.send?.(server.port);
