/** `engine.io`, the peer of @x/engineio. */
import { createServer } from "node:http";
import { Server, type Socket } from "engine.io";
import { listening, MAX_MESSAGE_BYTES, QUIET_MS, type Start } from "./contract.js";

export const start: Start = () => {
  const server = createServer();
  const engine = new Server({ pingInterval: QUIET_MS, maxHttpBufferSize: MAX_MESSAGE_BYTES });
  engine.attach(server);
  engine.on("connection", (socket: Socket) => {
    socket.on("message", (data: string | Buffer) => void socket.send(data));
  });
  return listening(server);
};
