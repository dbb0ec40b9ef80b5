/** The interfaces of the documentation's page on TypeScript, on both sides, with every kind of event. */
import { Server, type Socket } from "socket.io";
import { io as connect, type Socket as ClientSocket } from "socket.io-client";

interface ServerToClientEvents {
  noArg: () => void;
  basicEmit: (a: number, b: string, c: Buffer) => void;
  withAck: (d: string, callback: (e: number) => void) => void;
}

interface ClientToServerEvents {
  hello: () => void;
  sum: (numbers: number[], callback: (total: number) => void) => void;
}

interface InterServerEvents {
  ping: () => void;
}

interface SocketData {
  name: string;
  age: number;
}

const io = new Server<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>(0);

io.use((socket, next) => {
  socket.data.name = "john";
  socket.data.age = 42;
  next();
});

let acknowledged: () => void;
const allAcknowledged = new Promise<void>((resolve) => (acknowledged = resolve));

io.on("connection", (socket: Socket<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>) => {
  socket.on("hello", () => {
    socket.emit("noArg");
    socket.emit("basicEmit", 1, "2", Buffer.from([3]));
    socket.emit("withAck", "4", (e) => {
      console.log("server: ack", e);
    });
    io.to(socket.id).timeout(20_000).emit("withAck", "5", (error, responses) => {
      console.log("server: acks", error, responses);
      acknowledged();
    });
  });
  socket.on("sum", (numbers, callback) => {
    callback(numbers.reduce((total, number) => total + number, 0));
  });
});

const { port } = io.httpServer.address() as { port: number };
const socket: ClientSocket<ServerToClientEvents, ClientToServerEvents> = connect(`http://localhost:${port}`);

socket.on("noArg", () => {
  console.log("client: noArg");
});
socket.on("basicEmit", (a, b, c) => {
  console.log("client: basicEmit", a, b, [...c]);
});
socket.on("withAck", (d, callback) => {
  console.log("client: withAck", d);
  callback(Number(d));
});
socket.emit("hello");
console.log("client: sum", await socket.emitWithAck("sum", [1, 2, 3]));
await allAcknowledged;

const [remote] = await io.fetchSockets();
console.log("server:", remote?.data.name, remote?.data.age, remote?.id === socket.id);
socket.disconnect();
await io.close();
