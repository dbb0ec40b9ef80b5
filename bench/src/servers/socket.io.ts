/** `socket.io`, the peer of @x/socketio. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { listening, MAX_MESSAGE_BYTES, QUIET_MS, type Start } from "./contract.js";

export const start: Start = (spec) => {
  const server = createServer();
  const io = new Server(server, { pingInterval: QUIET_MS, maxHttpBufferSize: MAX_MESSAGE_BYTES, serveClient: false });
  io.on("connection", (socket) => {
    if (spec.behaviour === "broadcast") void socket.join("members");
    socket.on("m", (data: string, reply?: (data: string) => void) => {
      if (spec.behaviour === "ack") reply?.(data);
      else if (spec.behaviour === "echo") socket.emit("m", data);
      else for (let turn = 0; turn < spec.perTrigger; turn++) io.to("members").emit("m", spec.message);
    });
  });
  return listening(server);
};
