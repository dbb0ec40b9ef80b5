/** The documentation's sheet of every way to emit, and its namespaces, middlewares and errors. */
import { Server } from "socket.io";
import { io as connect, Manager, type Socket } from "socket.io-client";

const io = new Server(0, { transports: ["websocket"] });
const { port } = io.httpServer.address() as { port: number };
const url = `ws://localhost:${port}`;
const once = (socket: { once(event: string, listener: (...args: unknown[]) => void): unknown }, event: string) => new Promise<unknown[]>((resolve) => void socket.once(event, (...args: unknown[]) => resolve(args)));

const dynamic = io.of(/^\/dynamic-\d+$/);
dynamic.on("connection", (socket) => {
  socket.emit("where", socket.nsp.name);
});
io.of("/admin").use((socket, next) => {
  if (socket.handshake.auth["token"] === "let me in") next();
  else next(Object.assign(new Error("not authorized"), { data: { content: "Please retry later" } }));
});
io.on("new_namespace", (namespace) => {
  console.log("server: new namespace", namespace.name);
});

io.on("connection", (socket) => {
  socket.use(([event, ...args], next) => {
    if (event === "forbidden") next(new Error("unauthorized event"));
    else {
      if (event === "changed") args[0] = "changed";
      next();
    }
  });
  socket.on("error", (error) => {
    socket.emit("failed", error.message);
  });
  socket.onAny((event: string, ...args: unknown[]) => {
    console.log("server: any", event, args.length);
  });
  socket.once("only once", () => console.log("once: only once"));
  socket.on("rooms", async (rooms: string[], done: (rooms: string[]) => void) => {
    await socket.join(rooms);
    done([...socket.rooms].filter((room) => room !== socket.id));
  });
  socket.on("disconnecting", () => {
    console.log("server: leaves", [...socket.rooms].filter((room) => room !== socket.id));
  });
});

const manager = new Manager(url, { transports: ["websocket"], reconnectionDelay: 10 });
const names = ["one", "two", "three"] as const;
const clients = new Map<string, Socket>();
for (const name of names) {
  const socket = connect(url, { transports: ["websocket"], forceNew: true });
  socket.onAny((event: string, ...args: unknown[]) => console.log(`${name}:`, event, ...args.filter((arg) => typeof arg !== "function")));
  socket.on("who", (callback: (name: string) => void) => callback(name));
  await once(socket, "connect");
  clients.set(name, socket);
}
const [one, two, three] = names.map((name) => clients.get(name)) as [Socket, Socket, Socket];
console.log("client:", await one.emitWithAck("rooms", ["a", "b"]), await two.emitWithAck("rooms", ["a"]));
const on = (socket: Socket) => io.sockets.sockets.get(socket.id ?? "");

io.emit("to all", 1, "2", { 3: "4", 5: Buffer.from([6]) });
on(one)?.broadcast.emit("to all but one");
on(one)?.to("a").emit("to a but one");
io.in("a").in("b").emit("to a or b, once");
io.to("a").except("b").emit("to a, not b");
io.of("/").local.emit("local");
on(two)?.compress(false).emit("not compressed");
io.to(three.id ?? "").emit("to one socket by its id");
console.log("server:", (await io.timeout(20_000).emitWithAck("who")).sort());
console.log("server:", await on(one)?.emitWithAck("who"), await io.in("a").timeout(20_000).emitWithAck("who"));
io.timeout(30).emit("silent", (error: Error | null, responses: unknown[]) => {
  console.log("late broadcast:", error !== null, responses);
});
one.timeout(30).emit("nobody answers", (error: Error | null) => console.log("late event:", error === null));

one.emit("forbidden");
await once(one, "failed");
one.emit("only once");
await one.emitWithAck("rooms", []);
one.emit("only once");
await one.emitWithAck("rooms", []);
io.in("a").socketsJoin("c");
io.in("b").socketsLeave("a");
const sizes = ["a", "b", "c", "d"].map((room) => `${room} ${io.of("/").adapter.rooms.get(room)?.size ?? 0}`);
console.log("server:", sizes.join(", "));
console.log("server:", (await io.in("c").fetchSockets()).map(({ id }) => [one.id, two.id, three.id].indexOf(id)).sort());

const admin = manager.socket("/admin", { auth: { token: "?" } });
const [error] = await once(admin, "connect_error") as [Error & { data: unknown }];
console.log("admin:", error.message, error.data, admin.active);
admin.auth = { token: "let me in" };
admin.connect();
await once(admin, "connect");
console.log("admin: connected", admin.connected);
const unknown = manager.socket("/unknown");
console.log("unknown:", (await once(unknown, "connect_error") as [Error])[0].message);
const where = once(manager.socket("/dynamic-101"), "where");
console.log("dynamic:", await where);

for (const event of ["connect", "disconnect"]) {
  try {
    one.emit(event);
  } catch (failure) {
    console.log("reserved:", (failure as Error).message.includes(event));
  }
}
const back = once(three, "connect");
const lost = once(three, "disconnect");
on(three)?.conn.close();
console.log("three:", (await lost)[0]);
await back;
const kicked = once(two, "disconnect");
io.in("c").except("b").disconnectSockets();
console.log("two:", (await kicked)[0], two.active);
for (const socket of [one, two, three]) socket.disconnect();
for (const name of ["/admin", "/unknown", "/dynamic-101"]) manager.socket(name).disconnect();
await io.close();
