/**
 * The package as CommonJS programs written for socket.io hold it: `require("@x/socketio")(3000)`.
 *
 * Room: socketio node. A server with and without `new`, and all else that can be imported as its properties.
 */
import { BadNamespaceError, ConnectionError, ConnectionRefusedError, DisconnectedError, SocketIOError, TimeoutError } from "@x/errors/socketio";
import { InMemoryAdapter } from "../adapter/in-memory.js";
import type { DefaultEventsMap, Untyped } from "../core/event-types.js";
import { jsonCodec } from "../core/json-codec.js";
import { protocol, readPacket } from "../core/packet.js";
import { connect, io, Manager, Socket as ClientSocket } from "../shell/client/lookup.js";
import { Namespace } from "../shell/server/namespace.js";
import { ParentNamespace } from "../shell/server/parent-namespace.js";
import { Socket } from "../shell/server/public-socket.js";
import { serve } from "./serve.js";
import { Server } from "./server.js";

type Given = ConstructorParameters<typeof Server>;

/** The properties that socket.io's has. All other names are there too, for `require()`; their types come with named imports. */
interface Names {
  readonly Server: typeof Server;
  readonly Namespace: typeof Namespace;
  readonly Socket: typeof Socket;
}

/** {@link Server}, which may be called without `new`. */
type CallableServer = typeof Server & Names &
  (<Listen = DefaultEventsMap, Emit = DefaultEventsMap, InterServer = DefaultEventsMap, SocketData = Untyped>(...given: Given) => Server<Listen, Emit, InterServer, SocketData>);

export const callableServer: CallableServer = /* @__PURE__ */ makeCallable();

/** A function, since a class cannot be called; with the class's prototype, so that it can be extended and asked for by `instanceof` as well. */
function makeCallable(): CallableServer {
  function createServer(...given: Given): unknown {
    const extended: unknown = new.target;
    return Reflect.construct(Server, given, typeof extended === "function" ? extended : Server);
  }
  createServer.prototype = Server.prototype;
  const names = {
    BadNamespaceError, ClientSocket, connect, ConnectionError, ConnectionRefusedError, DisconnectedError, InMemoryAdapter, io, jsonCodec, Manager, Namespace, ParentNamespace, protocol,
    readPacket, serve, Server, Socket, SocketIOError, TimeoutError,
  };
  return Object.assign(createServer, names) as unknown as CallableServer; // that it may be constructed is beyond the compiler
}
