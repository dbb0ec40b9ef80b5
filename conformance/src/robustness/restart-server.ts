/** A server of its own process, for restart.test.ts: tells its port, then what it has whenever it is asked, and ends when it is told. */
import { retry } from "@x/errors/retry";
import { serve, type WebSocketServer } from "@x/simple-ws/server";

const start = (): Promise<WebSocketServer> => serve({
  port: Number(process.argv[2] ?? 0),
  maxConnections: 20_000,
  pingIntervalMs: 0,
  onConnection: (connection) => connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined }),
});
const server = await retry(start, { attempts: 100, baseMs: 20, capMs: 200 }); // the port that was given back may be somebody's for a moment

process.on("message", (order: "count" | "close") => {
  if (order === "count") process.send?.(server.connectionsCount);
  else void server.close({ code: 1012, reason: "restart" }).then(() => process.disconnect());
});
process.send?.(server.port);
