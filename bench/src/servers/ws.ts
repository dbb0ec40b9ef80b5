/**
 * `ws`, as its README sets up an echo: text is taken and given as a string, binary as it is.
 */
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { listening, MAX_MESSAGE_BYTES, type Start } from "./contract.js";

export const start: Start = (spec) => {
  const server = createServer();
  const wss = new WebSocketServer({ server, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: process.env["BENCH_DEFLATE"] === "1" });
  wss.on("connection", (socket) => {
    socket.on("error", () => socket.terminate());
    socket.on("message", (data, isBinary) => {
      if (spec.behaviour === "echo") socket.send(isBinary ? data : (data as Buffer).toString());
      else for (let turn = 0; turn < spec.perTrigger; turn++) for (const member of wss.clients) member.send(spec.message);
    });
  });
  return listening(server);
};
