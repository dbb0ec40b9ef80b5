/** The tutorial's step on client delivery: what is not acknowledged is sent again, and the server tells what it has seen. */
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";

const io = new Server(0);
const seen = new Map<string, string>();
let isDeaf = true;

io.on("connection", (socket) => {
  socket.on("chat message", (message: string, clientOffset: string, callback: (answer: string) => void) => {
    if (seen.has(clientOffset)) {
      console.log("server: seen", message);
      callback("already");
      return;
    }
    seen.set(clientOffset, message);
    console.log("server: stored", message);
    if (isDeaf) isDeaf = false; // the acknowledgement gets lost
    else callback("stored");
  });
});

const { port } = io.httpServer.address() as { port: number };
const socket = connect(`http://localhost:${port}`, { ackTimeout: 2_000, retries: 3 });
let counter = 0;
const say = async (message: string) => console.log("client:", message, await socket.emitWithAck("chat message", message, `client-${counter++}`));
await say("before connecting");
await say("connected");
socket.disconnect();
socket.connect();
await say("connected again");
socket.disconnect();
await io.close();
