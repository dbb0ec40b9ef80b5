/** What the compiler knows of events, directions and acknowledgements. The type checker is the test; nothing here needs to run. */
import { describe, expectTypeOf, test } from "vitest";
import type { ClientSocket, RemoteSocket, Server, Socket } from "../src/index.js";

interface ClientToServer {
  hello(name: string): void;
  sum(a: number, b: number, ack: (sum: number) => void): void;
  maybe(value: string, ack?: (isFine: boolean) => void): void;
}
interface ServerToClient {
  message(text: string, bytes: Uint8Array): void;
  ask(question: string, ack: (answer: string) => void): void;
}
interface BetweenServers {
  reload(ack: (done: boolean) => void): void;
}
interface Data {
  name: string;
}

declare const server: Server<ClientToServer, ServerToClient, BetweenServers, Data>;
declare const peer: Socket<ClientToServer, ServerToClient, BetweenServers, Data>;
declare const client: ClientSocket<ServerToClient, ClientToServer>;
declare const untyped: Server;
declare const remote: RemoteSocket<ServerToClient, Data>;

/** Compiled, never called. */
function usage(): void {
  server.on("connection", (socket) => {
    expectTypeOf(socket.data).toEqualTypeOf<Data>();
    expectTypeOf(socket.nsp.name).toBeString();
    const helper: Socket<ClientToServer, ServerToClient, BetweenServers, Data> = socket;
    helper.emit("message", "text", new Uint8Array());
    socket.on("sum", (a, b, ack) => {
      expectTypeOf(a).toBeNumber();
      expectTypeOf(ack).toEqualTypeOf<(sum: number) => void>();
      ack(a + b);
    });
    socket.on("disconnect", (reason) => {
      expectTypeOf(reason).toExtend<string>();
      // @ts-expect-error -- not one of the reasons
      if (reason === "bored") return;
    });
    // @ts-expect-error -- clients do not send this event
    socket.on("message", () => undefined);
  });
  // @ts-expect-error -- the second argument is missing
  peer.emit("message", "text");
  // @ts-expect-error -- servers do not send this event
  peer.emit("hello", "x");
  expectTypeOf(peer.emitWithAck("ask", "why")).resolves.toBeString();
  expectTypeOf(peer.timeout(5).emitWithAck("ask", "why")).resolves.toBeString();
  expectTypeOf(server.to("room").emitWithAck("ask", "why")).resolves.toEqualTypeOf<string[]>();
  expectTypeOf(server.emitWithAck("ask", "why")).resolves.toEqualTypeOf<string[]>();
  expectTypeOf(server.serverSideEmitWithAck("reload")).resolves.toEqualTypeOf<boolean[]>();
  expectTypeOf(remote.data).toEqualTypeOf<Data>();
  // @ts-expect-error -- message has no acknowledgement
  void peer.emitWithAck("message", "text", new Uint8Array());
  server.timeout(5).emit("ask", "why", (error, answers) => {
    expectTypeOf(error).toEqualTypeOf<Error | null>();
    expectTypeOf(answers).toEqualTypeOf<string[]>();
  });
  client.emit("sum", 1, 2, (sum) => expectTypeOf(sum).toBeNumber());
  client.timeout(5).emit("sum", 1, 2, (error, sum) => {
    expectTypeOf(error).toEqualTypeOf<Error | null>();
    expectTypeOf(sum).toBeNumber();
  });
  client.emit("maybe", "x");
  expectTypeOf(client.emitWithAck("maybe", "x")).resolves.toBeBoolean();
  client.on("ask", (question, ack) => ack(question.toUpperCase()));
  client.on("connect_error", (error) => expectTypeOf(error).toExtend<Error>());
  untyped.on("connection", (socket) => {
    socket.on("anything", (value: { x: number }, ack: (y: string) => void) => ack(String(value.x)));
    socket.emit("anything", 1, "two", () => undefined);
  });
  untyped.of("/typed").use((_socket, next) => next());
  server.of<ClientToServer, ServerToClient>("/typed").emit("message", "text", new Uint8Array());
}

describe("event maps", () => {
  test("bind names, arguments, acknowledgements and data, in both directions", () => {
    expectTypeOf(usage).toBeFunction();
  });
});
