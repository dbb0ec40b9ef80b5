/** `@x/simple-ws` as its README shows it to users: `for await`, `await send`. */
import { ConnectionClosed, serve } from "@x/simple-ws/server";
import { MAX_MESSAGE_BYTES, type Start } from "./contract.js";

export const start: Start = async () => {
  const server = await serve({
    port: 0,
    host: "127.0.0.1",
    maxMessageBytes: MAX_MESSAGE_BYTES,
    pingIntervalMs: 0,
    onConnection: async (connection) => {
      try {
        for await (const message of connection) await connection.send(message);
      } catch (error) {
        if (!(error instanceof ConnectionClosed)) throw error; // the generator hangs up without a Close
      }
    },
  });
  return { port: server.port };
};
