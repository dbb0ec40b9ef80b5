/**
 * What can be done with clients by their ids: send, call, rooms, sessions, disconnect. Names of python-socketio.
 *
 * Room: socketio shell. Shared by the whole server's view and by classes for one namespace. What a session holds is the
 * socket's `data`, so that adapters show it to other servers and connection state recovery brings it back.
 */
import { copyData } from "@x/errors/data-copy";
import { BadNamespaceError } from "@x/errors/socketio";
import type { AckName, AckValue, DefaultEventsMap, EventArguments, EventName } from "../../core/event-types.js";
import { invalidArgument } from "../../core/faults.js";
import type { Handshake } from "../server/handshake.js";
import type { Namespace } from "../server/namespace.js";
import type { Request } from "../server/ports.js";
import type { Socket } from "../server/public-socket.js";
import { type RemoteSocket, unknownClient } from "../server/remote-socket.js";
import type { Passing } from "./passing.js";
import { valuesOf } from "./tuple.js";
import type { DataAndOptions, DataAndTarget, Sent, SidCall, SidScope, SidTarget } from "./types.js";

const CALL_TIMEOUT_MS = 60_000;
const ROOMS = ["to", "room", "rooms"] as const;

export abstract class SidMethods<Emit, Data extends object> {
  /** @throws {BadNamespaceError} `socketio/unknown-namespace`. */
  protected abstract named(namespace: string | undefined): Namespace;
  /** Clients on their way in or out. */
  protected abstract get passing(): Passing;

  /**
   * Sends an event to one client, to rooms, or to everyone in the namespace.
   * A client whose connect handler still runs gets what is sent to its id once it is in.
   * @throws {BadNamespaceError} `socketio/unknown-namespace`; {@link SocketIOError} `socketio/reserved-event`, `socketio/invalid-argument`, `socketio/too-deep`.
   */
  emit<Name extends EventName<Emit>>(event: Name, ...rest: DataAndOptions<Sent<EventArguments<Emit, Name>>, SidTarget>): void;
  emit(event: string, data?: unknown, options?: SidTarget): void {
    this.#emit(event, data, options);
  }

  /** `emit("message", …)`. */
  send(...rest: DataAndOptions<Sent<EventArguments<Emit, "message">>, SidTarget>): void;
  send(data?: unknown, options?: SidTarget): void {
    this.#emit("message", data, options);
  }

  /**
   * Sends an event to one client and awaits its acknowledgement.
   * @returns the value it carries; `undefined` for none, an array for several.
   * @throws (as a rejection) {@link TimeoutError} `socketio/ack-timeout`; {@link DisconnectedError} as soon as the client of this server
   *   is gone, `socketio/unknown-session` where it is not there; {@link SocketIOError} `socketio/invalid-argument` without a client's id.
   */
  call<Name extends AckName<Emit>>(event: Name, ...rest: DataAndTarget<Sent<EventArguments<Emit, Name>>>): Promise<AckValue<EventArguments<Emit, Name>>>;
  async call(event: string, data: unknown, { to, sid = to, timeoutMs = CALL_TIMEOUT_MS, namespace }: SidCall): Promise<unknown> {
    if (typeof sid !== "string") throw invalidArgument("Cannot call: a call has one receiver, given by its id");
    const nsp = this.named(namespace);
    const values = valuesOf(data);
    const socket = nsp.sockets.get(sid);
    if (socket !== undefined) return callLocally(socket, event, values, timeoutMs);
    if (this.passing.arriving(sid, nsp) !== undefined) throw new BadNamespaceError("Cannot call: the client is not let in yet", { code: "socketio/namespace-not-connected", namespace: nsp.name });
    const remote = await remoteOf(nsp, sid);
    return remote.timeout(timeoutMs).emitWithAck(event, ...values) as Promise<unknown>;
  }

  /**
   * @throws (as a rejection) {@link DisconnectedError} `socketio/unknown-session`; {@link SocketIOError} `socketio/too-many-rooms`.
   */
  async enterRoom(sid: string, room: string, { namespace }: SidScope = {}): Promise<void> {
    const nsp = this.named(namespace);
    await (this.#local(nsp, sid) ?? (await remoteOf(nsp, sid))).join(room);
  }

  /** Does nothing for a client that is not in the room. Rejects as {@link enterRoom}. */
  async leaveRoom(sid: string, room: string, { namespace }: SidScope = {}): Promise<void> {
    const nsp = this.named(namespace);
    await (this.#local(nsp, sid) ?? (await remoteOf(nsp, sid))).leave(room);
  }

  /** All leave the room. */
  closeRoom(room: string, { namespace }: SidScope = {}): void {
    this.named(namespace).in(room).socketsLeave(room);
  }

  /** @returns the rooms that a client is in; its own, of its id's name, is among them. Rejects as {@link enterRoom}. */
  async rooms(sid: string, { namespace }: SidScope = {}): Promise<Set<string>> {
    const nsp = this.named(namespace);
    return new Set((this.#local(nsp, sid) ?? (await remoteOf(nsp, sid))).rooms);
  }

  /**
   * What the application keeps for a client: a copy, empty at first. There until the disconnect handler has ended. Plain data is copied
   * at every depth; functions, bytes and instances of classes are shared.
   * @throws {DisconnectedError} `socketio/unknown-session` when this server has no such client.
   */
  getSession(sid: string, { namespace }: SidScope = {}): Partial<Data> {
    return copyData({ ...(this.#here(sid, namespace).data as Partial<Data>) });
  }

  /** Keeps `session` for a client, in place of what was there. Throws as {@link getSession}. */
  saveSession(sid: string, session: Partial<Data>, { namespace }: SidScope = {}): void {
    this.#here(sid, namespace).data = copyData({ ...session });
  }

  /**
   * Lets `change` work on a copy of the session, and saves it once `change` has succeeded: what throws changes nothing.
   * @returns what `change` returns. Rejects as {@link getSession} throws, also when the client leaves meanwhile.
   */
  async session<Result>(sid: string, change: (session: Partial<Data>) => Result | Promise<Result>, scope: SidScope = {}): Promise<Result> {
    const session = this.getSession(sid, scope);
    const result = await change(session);
    this.saveSession(sid, session, scope);
    return result;
  }

  /** @returns the HTTP request that opened the client's connection. Throws as {@link getSession}. */
  request(sid: string, { namespace }: SidScope = {}): Request {
    return this.#here(sid, namespace).request;
  }

  /** @returns the request's headers, query and address, and the client's `auth`. Throws as {@link getSession}. */
  handshake(sid: string, { namespace }: SidScope = {}): Handshake {
    return this.#here(sid, namespace).handshake;
  }

  /** @returns `polling` or `websocket`. Throws as {@link getSession}. */
  transport(sid: string, { namespace }: SidScope = {}): string {
    return this.#here(sid, namespace).conn.transport.name;
  }

  /** The client leaves the namespace; its connection, and it in other namespaces, stay. An unknown client has left already. */
  disconnect(sid: string, { namespace }: SidScope = {}): void {
    const nsp = this.named(namespace);
    const arriving = this.passing.arriving(sid, nsp);
    if (arriving === undefined) nsp.in(sid).disconnectSockets();
    else arriving.isRefused = true;
  }

  #emit(event: string, data: unknown, options: SidTarget = {}): void {
    const namespace = this.named(options.namespace);
    const rooms = roomsOf(options);
    const skipped = list(options.skipSid ?? []);
    const values = valuesOf(data);
    for (const room of rooms ?? []) {
      if (!skipped.includes(room)) this.passing.arriving(room, namespace)?.onceIn.push((socket) => socket.emit(event, ...values));
    }
    (rooms === undefined ? namespace.except(skipped) : namespace.to(rooms).except(skipped)).emit(event, ...values);
  }

  #local(nsp: Namespace, sid: string): Socket | undefined {
    return nsp.sockets.get(sid) ?? this.passing.socket(sid, nsp);
  }

  #here(sid: string, namespace: string | undefined): Socket {
    const socket = this.#local(this.named(namespace), sid);
    if (socket === undefined) throw unknownClient(sid);
    return socket;
  }
}

/** @returns a client of any server of the cluster. */
async function remoteOf(nsp: Namespace, sid: string): Promise<RemoteSocket<DefaultEventsMap, unknown>> {
  const sockets = await nsp.in(sid).fetchSockets();
  const socket = sockets.find(({ id }) => id === sid);
  if (socket === undefined) throw unknownClient(sid);
  return socket;
}

function callLocally(socket: Socket, event: string, values: readonly unknown[], timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.timeout(timeoutMs).emit(event, ...values, (error: Error | null, ...reply: unknown[]) => {
      if (error === null) resolve(reply.length > 1 ? reply : reply[0]);
      else reject(error);
    });
  });
}

/** @returns nothing where no rooms are named, which means everyone. An id that turns out to be `undefined` must not: what is for one would reach all. */
function roomsOf(target: SidTarget): readonly string[] | undefined {
  for (const key of ROOMS) {
    if (key in target && typeof target[key] !== "string" && !Array.isArray(target[key])) throw invalidArgument(`Cannot emit: ${key} is neither a room nor a list of rooms, must be, or be left out for everyone`);
  }
  const { to, room = to, rooms = room } = target;
  return rooms === undefined ? undefined : list(rooms);
}

function list(rooms: string | readonly string[]): readonly string[] {
  return typeof rooms === "string" ? [rooms] : rooms;
}
