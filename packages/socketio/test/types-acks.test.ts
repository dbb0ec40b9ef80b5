/** What the compiler knows of acknowledgements: one by one, with a time limit, optional, between servers. Compiled by TypeScript 5.9 and 6; nothing here needs to run. */
import { expectTypeOf, test } from "vitest";
import type { ClientSocket, RemoteSocket, Server, Socket } from "../src/index.js";
import type { SimpleClient } from "../src/simple-client.js";

interface User {
  readonly id: number;
}
interface ClientToServer {
  find(id: number, ack: (user: User | undefined) => void): void;
  save(user: User, ack?: (isSaved: boolean, at: Date) => void): void;
  done(ack: () => void): void;
  note(text: string): void;
}
interface ServerToClient {
  confirm(question: string, ack: (answer: "yes" | "no") => void): void;
}
interface BetweenServers {
  count(room: string, ack: (count: number) => void): void;
  reload(): void;
}
interface Data {
  user: User;
}

declare const client: ClientSocket<ServerToClient, ClientToServer>;
declare const simple: SimpleClient<ServerToClient, ClientToServer>;
declare const server: Server<ClientToServer, ServerToClient, BetweenServers, Data>;
declare const peer: Socket<ClientToServer, ServerToClient, BetweenServers, Data>;
declare let remote: RemoteSocket<ServerToClient, Data>;

/** Compiled, never called. */
function usage(): void {
  expectTypeOf(client.emitWithAck("find", 1)).resolves.toEqualTypeOf<User | undefined>();
  expectTypeOf(client.emitWithAck("save", { id: 1 })).resolves.toBeBoolean();
  expectTypeOf(client.emitWithAck("done")).resolves.toEqualTypeOf<undefined>();
  expectTypeOf(client.timeout(5).emitWithAck("find", 1)).resolves.toEqualTypeOf<User | undefined>();
  expectTypeOf(client.volatile.timeout(5).compress(true).emitWithAck("find", 1)).resolves.toEqualTypeOf<User | undefined>();
  expectTypeOf(simple.call("find", [1])).resolves.toEqualTypeOf<User | undefined>();
  // @ts-expect-error -- it has no acknowledgement
  void client.emitWithAck("note", "x");
  // @ts-expect-error -- the argument is missing
  void client.emitWithAck("find");
  // @ts-expect-error -- the argument is of another type
  void client.emitWithAck("find", "1");
  // @ts-expect-error -- it has no acknowledgement
  void simple.call("note", ["x"]);

  client.emit("find", 1, (user) => expectTypeOf(user).toEqualTypeOf<User | undefined>());
  client.emit("save", { id: 1 });
  client.timeout(5).emit("find", 1, (error, user) => {
    expectTypeOf(error).toEqualTypeOf<Error | null>();
    expectTypeOf(user).toEqualTypeOf<User | undefined>();
  });
  client.timeout(5).emit("note", "x");
  // @ts-expect-error -- without a limit there is no error to be told about
  client.emit("find", 1, (_error: Error | null, _user: User | undefined) => undefined);

  server.on("connection", (socket) => {
    socket.on("find", (id, ack) => {
      expectTypeOf(id).toBeNumber();
      ack({ id });
      // @ts-expect-error -- not a user
      ack(id);
    });
    expectTypeOf(socket.data.user).toEqualTypeOf<User>();
  });
  expectTypeOf(peer.emitWithAck("confirm", "really?")).resolves.toEqualTypeOf<"yes" | "no">();
  expectTypeOf(server.timeout(5).emitWithAck("confirm", "really?")).resolves.toEqualTypeOf<("yes" | "no")[]>();
  expectTypeOf(server.in("room").fetchSockets()).resolves.items.toHaveProperty("data").toEqualTypeOf<Data>();
  expectTypeOf(server.fetchSockets()).resolves.items.toEqualTypeOf<RemoteSocket<ServerToClient, Data>>();
  remote = peer;
  remote.emit("confirm", "really?", (answer) => expectTypeOf(answer).toEqualTypeOf<"yes" | "no">());
  remote.timeout(5).emit("confirm", "really?", (error, answer) => {
    expectTypeOf(error).toEqualTypeOf<Error | null>();
    expectTypeOf(answer).toEqualTypeOf<"yes" | "no">();
  });
  expectTypeOf(remote.timeout(5).emitWithAck("confirm", "really?")).resolves.toEqualTypeOf<"yes" | "no">();
  // @ts-expect-error -- one socket, one answer
  remote.timeout(5).emit("confirm", "really?", (_error, _answers: ("yes" | "no")[]) => undefined);

  expectTypeOf(server.serverSideEmitWithAck("count", "room")).resolves.toEqualTypeOf<number[]>();
  server.serverSideEmit("count", "room", (error, counts) => {
    expectTypeOf(error).toEqualTypeOf<Error | null>();
    expectTypeOf(counts).toEqualTypeOf<number[]>();
  });
  server.serverSideEmit("reload");
  // @ts-expect-error -- clients send this, servers do not
  server.serverSideEmit("note", "x");
  server.on("count", (room, ack) => {
    expectTypeOf(room).toBeString();
    ack(1);
  });
}

test("acknowledgements are typed in every direction", () => {
  expectTypeOf(usage).toBeFunction();
});
