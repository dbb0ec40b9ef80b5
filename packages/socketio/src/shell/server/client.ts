/**
 * One Engine.IO connection of the server, shared by the client's sockets in several namespaces.
 *
 * Room: socketio shell. Joins the sans-I/O {@link ServerConnection} to the engine.
 */
import type { SocketIOError } from "@x/errors/socketio";
import type { WriteOptions } from "../../adapter/port.js";
import type { SocketId } from "../../core/broadcast.js";
import type { Codec } from "../../core/codec.js";
import type { EmitFlags } from "../../core/outgoing.js";
import { type EncodedPacket, type Packet, PacketType } from "../../core/packet.js";
import { type Member, ServerConnection, type ServerConnectionSink } from "../../core/server-connection.js";
import type { EngineConnection, Request, ServerContext } from "./ports.js";
import type { RateVerdict } from "./rates.js";
import type { DisconnectReason, SocketClient } from "./socket.js";

/** A socket as its connection needs it. */
export interface ClientSocket extends Member {
  readonly id: SocketId;
  readonly nsp: { readonly name: string };
  end(reason: DisconnectReason, description?: unknown): void;
  fault(error: Error): void;
  discard(): void;
}

/** Output of a connect handler. */
interface Held {
  readonly packets: EncodedPacket;
  readonly options: WriteOptions;
  readonly isShared: boolean;
}

/** Finds a namespace and lets the client in, or refuses it. */
export type Admission = (client: Client, nsp: string, auth: Record<string, unknown>) => void;

const none: readonly ClientSocket[] = [];

/** Itself the handler of its engine connection and the sink of its machine: no closure per connection. */
export class Client implements SocketClient, ServerConnectionSink {
  readonly conn: EngineConnection;
  readonly #context: ServerContext;
  readonly #connection: ServerConnection<ClientSocket>;
  /** Sockets whose middleware is still running. */
  #expected: readonly ClientSocket[] = none;
  readonly #admit: Admission;
  /** What connect handlers write waits until they have let the client in. */
  #held: Held[] | undefined;
  #isOver = false;

  constructor(conn: EngineConnection, context: ServerContext, admit: Admission) {
    const { settings, clock, sweep } = context;
    this.conn = conn;
    this.#context = context;
    this.#admit = admit;
    const options = { codec: context.encoder, limits: settings, adopt: context.adopt, connectTimeoutMs: settings.connectTimeout, maxNamespaces: settings.maxNamespacesPerConnection };
    this.#connection = new ServerConnection<ClientSocket>(options, this, clock.now());
    sweep.add(this.#connection);
    conn.attach(this);
  }

  /** @internal From the engine: one message. */
  onMessage(data: string | Uint8Array): void {
    const { rates, clock } = this.#context;
    rates?.received(this, data, clock.now());
    this.#connection.receive(data);
  }

  /** @internal A packet is complete. @returns why it is not taken. */
  judge(packet: Packet): RateVerdict | undefined {
    const { rates, clock } = this.#context;
    return rates?.judge(this, packet, clock.now());
  }

  /** @internal From the engine: it is over. */
  onClose(reason: DisconnectReason, description?: unknown): void {
    this.end(reason, description);
  }

  /** @internal From the machine: the client asks for a namespace. */
  onConnect(nsp: string, auth: Record<string, unknown>): void {
    this.#admit(this, nsp, auth);
  }

  /** @internal From the machine: the peer broke the protocol or a limit. */
  onFailure(error: SocketIOError): void {
    this.#context.reportPeer(error, { event: "packet" });
    for (const socket of this.#connection.members) socket.fault(error);
    this.#hangUp("parse error");
  }

  /** @internal From the machine: no namespace was granted in time. */
  onConnectTimeout(): void {
    void this.conn.close();
  }

  /** Its sockets in all namespaces, by id. A copy. */
  get sockets(): ReadonlyMap<SocketId, ClientSocket> {
    return new Map(this.#connection.members.map((socket) => [socket.id, socket]));
  }

  get id(): string {
    return this.conn.id;
  }

  get request(): Request {
    return this.conn.request;
  }

  /** @internal Middleware let the client in. @returns false when the connection ended meanwhile. */
  accept(socket: ClientSocket): boolean {
    this.#unexpect(socket);
    if (!this.#connection.accept(socket.nsp.name, socket)) return false;
    this.#context.sweep.delete(this.#connection);
    this.#held = [];
    return true;
  }

  /** @internal Middleware is asked. */
  expect(socket: ClientSocket): void {
    this.#expected = [...this.#expected, socket];
  }

  /** @internal Middleware refused. */
  forget(socket: ClientSocket): void {
    this.#unexpect(socket);
    socket.discard();
  }

  #unexpect(socket: ClientSocket): void {
    const others = this.#expected.filter((other) => other !== socket);
    this.#expected = others.length === 0 ? none : others;
  }

  /** @internal Connect handlers had their say: the answer goes out first, then what they wrote; a refused client gets none of it. */
  settle(nsp: string, answer: Packet): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.write(answer);
    for (const { packets, options, isShared } of held) {
      if (answer.type === PacketType.CONNECT || namespaceOf(packets, this.#context.encoder) !== nsp) this.#emit(packets, options, isShared);
    }
  }

  /** @internal Tells why the client may not have the namespace. */
  refuse(nsp: string, data: unknown): void {
    this.#connection.leave(nsp);
    this.write({ type: PacketType.CONNECT_ERROR, nsp, data });
  }

  write(packet: Packet, flags: EmitFlags = {}): void {
    this.#emit(this.#context.encoder.encode(packet), flags, false);
  }

  /** Writes what is encoded already; adapters come in here for every member of a broadcast. */
  writeToEngine(packets: EncodedPacket, options: WriteOptions): void {
    this.#emit(packets, options, true);
  }

  /** Leaves every namespace, then ends the connection. */
  disconnect(): void {
    for (const socket of this.#connection.members) {
      this.write({ type: PacketType.DISCONNECT, nsp: socket.nsp.name });
      socket.end("server namespace disconnect");
    }
    this.#hangUp("forced server close");
  }

  /** @internal */
  supersede(): void {
    this.#hangUp("transport close");
  }

  /** @internal */
  remove(socket: { readonly id: SocketId; readonly nsp: { readonly name: string } }): void {
    this.#connection.leave(socket.nsp.name);
  }

  /** @internal The engine is gone, or as good as gone. */
  end(reason: DisconnectReason, description?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#connection.end();
    this.#context.sweep.delete(this.#connection);
    for (const socket of this.#expected) this.forget(socket);
    for (const socket of this.#connection.members) socket.end(reason, description);
  }

  #hangUp(reason: DisconnectReason): void {
    this.end(reason);
    void this.conn.close();
  }

  /** @param isShared whether other connections get the same packets, so that their wire form is worth keeping. */
  #emit(packets: EncodedPacket, options: WriteOptions, isShared: boolean): void {
    if (this.#held !== undefined) {
      this.#held.push({ packets, options, isShared });
      return;
    }
    const { conn } = this;
    if (this.#isOver || conn.readyState !== "open" || (options.volatile === true && !isReady(conn))) return;
    try {
      if (isShared) for (const message of this.#context.prepare(packets)) void conn.sendPrepared(message);
      else for (const message of packets) void conn.send(message);
    } catch (error) {
      this.#context.report(error, { event: "write" });
      if (packets.length > 1) void conn.close(); // the client may be waiting for the rest of the packet
    }
  }
}

function isReady({ writeBuffer }: EngineConnection): boolean {
  return writeBuffer.length === 0;
}

/** @returns the namespace of a packet of ours, in whatever form the codec has given it. */
function namespaceOf(packets: EncodedPacket, codec: Codec): string | undefined {
  const decoder = codec.createDecoder();
  return packets.map((message) => decoder.push(message)).at(-1)?.nsp;
}
