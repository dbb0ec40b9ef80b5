/** What the compiler knows of the server by client id. Compiled by TypeScript 5.9 and 6; nothing here needs to run. */
import { expectTypeOf, test } from "vitest";
import { bySid, SidNamespace, tuple } from "../src/by-sid.js";
import type { DefaultEventsMap, Server } from "../src/server.js";

interface ClientToServer {
  message(text: string): void;
  sum(a: number, b: number, ack: (sum: number) => void): void;
}
interface ServerToClient {
  message(text: string): void;
  moved(x: number, y: number): void;
  ping(): void;
  ask(question: string, ack: (answer: boolean) => void): void;
}
interface Data {
  name: string;
}

/** Compiled, never called. */
function usage(server: Server<ClientToServer, ServerToClient, Record<string, never>, Data>, plain: Server): void {
  const sio = bySid(server);
  sio.on("sum", (sid, a, b) => {
    expectTypeOf(sid).toBeString();
    return a + b;
  });
  sio.on("sum", (_sid, a, b) => Promise.resolve(tuple(a, b)));
  // @ts-expect-error -- the acknowledgement is a number
  sio.on("sum", () => "three");
  // @ts-expect-error -- clients do not send this event
  sio.on("moved", () => undefined);
  sio.emit("message", "text", { to: "sid" });
  sio.emit("moved", tuple(1, 2), { rooms: ["a", "b"], skipSid: "sid" });
  sio.emit("ping");
  sio.send("text");
  // @ts-expect-error -- two arguments are a tuple
  sio.emit("moved", 1);
  // @ts-expect-error -- the text is missing
  sio.emit("message");
  // @ts-expect-error -- a room that may be missing would be everyone
  sio.emit("message", "text", { to: undefined });
  expectTypeOf(sio.call("ask", "why", { to: "sid" })).resolves.toBeBoolean();
  // @ts-expect-error -- nothing acknowledges it
  void sio.call("message", "text", { to: "sid" });
  expectTypeOf(sio.getSession("sid")).toEqualTypeOf<Partial<Data>>();
  expectTypeOf(sio.rooms("sid")).resolves.toEqualTypeOf<Set<string>>();
  const untyped = bySid<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { name: string }>(plain);
  untyped.on("anything", (_sid, value: { x: number }) => value.x);
  untyped.emit("anything", { x: 1 });
}

class Chat extends SidNamespace<ClientToServer, ServerToClient, Data> {
  greet(sid: string): void {
    this.emit("message", this.getSession(sid).name ?? "", { to: sid });
    // @ts-expect-error -- the text is missing
    this.emit("message");
  }
}

test("types: handlers, data and answers follow the event maps", () => {
  expectTypeOf(usage).toBeFunction();
  expectTypeOf<Chat["greet"]>().toBeFunction();
});
