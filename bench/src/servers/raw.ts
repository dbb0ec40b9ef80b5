/**
 * The floor: node:net, no protocol at all. What a connection reads it writes back; a broadcast is one buffer to every socket.
 */
import { createServer, type Socket } from "node:net";
import { frame } from "../wire.js";
import { listening, type Start } from "./contract.js";

export const start: Start = (spec) => {
  const sockets = new Set<Socket>();
  const bytes = frame(1, Buffer.from(spec.message), false);
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    if (spec.behaviour === "broadcast") socket.write(bytes); // a client cannot tell otherwise when it became a member
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      if (spec.behaviour === "echo") socket.write(chunk);
      else for (const member of sockets) for (let turn = 0; turn < spec.perTrigger; turn++) member.write(bytes);
    });
  });
  return listening(server);
};
