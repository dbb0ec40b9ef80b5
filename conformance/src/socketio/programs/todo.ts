/** The guide's application of many files in one: handlers registered per socket, answers as callbacks, checks and errors. */
import { createServer } from "node:http";
import { Server, type Socket } from "socket.io";
import { io as connect } from "socket.io-client";

interface Todo { id: number; title: string }
interface Answer { error?: string; data?: unknown }
interface ClientEvents {
  "todo:create": (payload: { title: string }, callback: (answer: Answer) => void) => void;
  "todo:read": (id: number, callback: (answer: Answer) => void) => void;
  "todo:delete": (id: number, callback: (answer?: Answer) => void) => void;
  "todo:list": (callback: (answer: Answer) => void) => void;
}
interface ServerEvents {
  "todo:created": (todo: Todo) => void;
  "todo:deleted": (id: number) => void;
}

class Todos {
  readonly #all = new Map<number, Todo>();
  #last = 0;
  add(title: string): Todo {
    const todo = { id: ++this.#last, title };
    this.#all.set(todo.id, todo);
    return todo;
  }
  find = (id: number) => this.#all.get(id);
  remove = (id: number) => this.#all.delete(id);
  list = () => [...this.#all.values()];
}

function registerTodoHandlers(socket: Socket<ClientEvents, ServerEvents>, todos: Todos) {
  socket.on("todo:create", (payload, callback) => {
    if (typeof callback !== "function") return socket.disconnect();
    if (payload.title === "") return callback({ error: "invalid payload" });
    const todo = todos.add(payload.title);
    callback({ data: todo.id });
    socket.broadcast.emit("todo:created", todo);
  });
  socket.on("todo:read", (id, callback) => {
    const todo = todos.find(id);
    callback(todo === undefined ? { error: "entity not found" } : { data: todo });
  });
  socket.on("todo:delete", (id, callback) => {
    if (!todos.remove(id)) return callback({ error: "entity not found" });
    callback();
    socket.broadcast.emit("todo:deleted", id);
  });
  socket.on("todo:list", (callback) => {
    callback({ data: todos.list() });
  });
}

const http = createServer();
const io = new Server<ClientEvents, ServerEvents>(http, { cors: { origin: ["https://example.com"] } });
const todos = new Todos();
io.on("connection", (socket) => registerTodoHandlers(socket, todos));
io.engine.once("connection_error", (error: { code: number; message: string }) => {
  console.log("server: connection_error", error.code, error.message);
});
await new Promise<void>((resolve) => http.listen(0, resolve));
const { port } = http.address() as { port: number };

const refused = await fetch(`http://localhost:${port}/socket.io/?EIO=3&transport=polling`);
console.log("http:", refused.status, await refused.text());

const alice = connect(`http://localhost:${port}`, { transports: ["websocket"] });
const bob = connect(`http://localhost:${port}`, { transports: ["polling"], forceNew: true });
bob.onAny((event: string, value: unknown) => console.log("bob:", event, value));
await Promise.all([alice, bob].map((socket) => new Promise<void>((resolve) => socket.on("connect", resolve))));

const deleted = new Promise((resolve) => bob.on("todo:deleted", resolve));
console.log("alice:", await alice.emitWithAck("todo:create", { title: "" }));
console.log("alice:", await alice.emitWithAck("todo:create", { title: "buy milk" }));
console.log("alice:", await alice.emitWithAck("todo:read", 1), await alice.emitWithAck("todo:read", 2));
console.log("alice:", await alice.emitWithAck("todo:list"));
console.log("alice:", await alice.emitWithAck("todo:delete", 1), await alice.emitWithAck("todo:delete", 1));
await deleted;
const hungUp = new Promise<string>((resolve) => alice.on("disconnect", resolve));
(alice as unknown as { emit(event: string, payload: object): void }).emit("todo:create", { title: "no callback" });
console.log("alice:", await hungUp);
bob.disconnect();
await io.close();
