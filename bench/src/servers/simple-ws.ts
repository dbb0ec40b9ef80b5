/** `@x/simple-ws` in push mode, as the layers above use it. */
import { prepareMessage, serve, type WebSocketServer } from "@x/simple-ws/server";
import { MAX_MESSAGE_BYTES, type Start } from "./contract.js";

export const start: Start = async (spec) => {
  const server = await serve({
    port: 0,
    host: "127.0.0.1",
    maxMessageBytes: MAX_MESSAGE_BYTES,
    pingIntervalMs: 0,
    perMessageDeflate: process.env["BENCH_DEFLATE"] === "1",
    onConnection: (connection) => {
      connection.attach({
        onMessage: (data) => {
          if (spec.behaviour === "echo") void connection.send(data);
          else broadcast(server, spec.message, spec.perTrigger);
        },
        onClose: ignore,
      });
    },
  });
  return { port: server.port };
};

function broadcast(server: WebSocketServer, message: string, turns: number): void {
  for (let turn = 0; turn < turns; turn++) server.broadcast(prepareMessage(message));
}

function ignore(): void {
  // the server knows its connections
}
