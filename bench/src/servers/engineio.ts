/** `@x/engineio`, with the events that engine.io's users know. */
import { createServer } from "node:http";
import { Server } from "@x/engineio/server";
import { listening, MAX_MESSAGE_BYTES, QUIET_MS, type Start } from "./contract.js";

export const start: Start = () => {
  const server = createServer();
  const engine = new Server({ pingInterval: QUIET_MS, maxHttpBufferSize: MAX_MESSAGE_BYTES });
  engine.attach(server);
  engine.on("connection", (socket) => {
    socket.on("message", (data) => void socket.send(data));
  });
  return listening(server);
};
