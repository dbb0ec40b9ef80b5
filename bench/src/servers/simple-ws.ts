/** `@x/simple-ws` in push mode, as the layers above use it. */
import { prepareMessage, serve, type WebSocketConnection } from "@x/simple-ws/server";
import { MAX_MESSAGE_BYTES, type Start } from "./contract.js";

export const start: Start = async (spec) => {
  const members = new Set<WebSocketConnection>();
  const server = await serve({
    port: 0,
    host: "127.0.0.1",
    maxMessageBytes: MAX_MESSAGE_BYTES,
    pingIntervalMs: 0,
    perMessageDeflate: process.env["BENCH_DEFLATE"] === "1",
    onConnection: (connection) => {
      members.add(connection);
      connection.attach({
        onMessage: (data) => {
          if (spec.behaviour === "echo") void connection.send(data);
          else broadcast(members, spec.message, spec.perTrigger);
        },
        onClose: () => members.delete(connection),
      });
    },
  });
  return { port: server.port };
};

function broadcast(members: ReadonlySet<WebSocketConnection>, message: string, turns: number): void {
  for (let turn = 0; turn < turns; turn++) {
    const prepared = prepareMessage(message);
    for (const member of members) void member.sendPrepared(prepared);
  }
}
