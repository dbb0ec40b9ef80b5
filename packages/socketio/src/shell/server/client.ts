/**
 * One Engine.IO connection of the server, shared by the client's sockets in several namespaces.
 *
 * Room: socketio shell. Joins the sans-I/O {@link ServerConnection} to the engine.
 */
import { SocketIsClosedError } from "@x/errors/engineio";
import { SocketIOError, TimeoutError } from "@x/errors/socketio";
import type { WriteOptions } from "../../adapter/port.js";
import type { Ask } from "../../core/ask.js";
import type { SocketId } from "../../core/broadcast.js";
import type { Codec } from "../../core/codec.js";
import type { DecoderOptions } from "../../core/decoder.js";
import { DEFAULT_PACKET_LIMITS } from "../../core/limits.js";
import type { EmitFlags } from "../../core/outgoing.js";
import type { EncodedPacket, Packet } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import { type Member, ServerConnection, type ServerConnectionSink } from "../../core/server-connection.js";
import type { EngineConnection, Request, ServerContext } from "./ports.js";
import { type RateVerdict, refusalOf } from "./rates.js";
import type { DisconnectReason } from "./socket.js";
import type { SocketClient } from "./socket-ports.js";

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
  /** `undefined` where an adapter does not say. */
  readonly nsp: string | undefined;
}

/** What happens when a client is let in. */
export interface Entrance {
  enter(): Packet;
}

/** Finds a namespace and lets the client in, or refuses it. */
export type Admission = (client: Client, ask: Ask<ClientSocket>, auth: Record<string, unknown>) => void;

/** Itself the handler of its engine connection and the sink of its machine: no closure per connection. */
export class Client implements SocketClient, ServerConnectionSink<ClientSocket> {
  readonly conn: EngineConnection;
  readonly #context: ServerContext;
  readonly #connection: ServerConnection<ClientSocket>;
  readonly #admit: Admission;
  /** What connect handlers write waits until they have let the client in. */
  #held: Held[] | undefined;
  #isOver = false;

  constructor(conn: EngineConnection, context: ServerContext, admit: Admission) {
    this.conn = conn;
    this.#context = context;
    this.#admit = admit;
    this.#connection = new ServerConnection<ClientSocket>(context.connections, this, this.answerByMs);
    context.sweep.add(this.#connection);
    conn.attach(this);
  }

  /** @internal From the engine: one message. */
  onMessage(data: string | Uint8Array): void {
    const { rates, clock } = this.#context;
    rates?.received(this, data, clock.now());
    this.#connection.receive(data);
  }

  /** @internal From the machine: a packet is complete. @returns whether it is taken at this rate. */
  takes(packet: Packet, isLeft: boolean): boolean {
    const { rates, clock } = this.#context;
    const verdict = rates?.judge(this, packet, isLeft, clock.now());
    if (verdict !== undefined) this.#turnDown(packet, isLeft, verdict);
    return verdict === undefined;
  }

  /** @internal From the engine: it is over. */
  onClose(reason: DisconnectReason, description?: unknown): void {
    this.end(reason, description);
  }

  /** @internal For the machine: the client has `connectTimeout` to ask for a namespace; matchers, adapters and middleware have `connectTimeout` for each question. */
  get answerByMs(): number {
    return this.#context.clock.now() + this.#context.settings.connectTimeout;
  }

  /** @internal From the machine: the client asks for a namespace. */
  onConnect(ask: Ask<ClientSocket>, auth: Record<string, unknown>): void {
    this.#admit(this, ask, auth);
    if (this.#connection.isOpen(ask)) this.#context.sweep.add(this.#connection);
  }

  /** @internal From the machine: nobody said whether the client may have the namespace. */
  onAskTimeout({ nsp, candidate }: Ask<ClientSocket>): void {
    const afterMs = this.#context.settings.connectTimeout;
    const error = new TimeoutError(`Cannot let a client in: nobody has decided within ${afterMs} ms, middleware must call next()`, { code: "socketio/connect-timeout", afterMs, operation: "connect" });
    this.#context.report(error, { event: "middleware", namespace: nsp, ...(candidate !== undefined && { socketId: candidate.id }) });
    candidate?.discard();
    this.write({ type: PacketType.CONNECT_ERROR, nsp, data: { message: "Connect timeout", data: { code: error.code } } });
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

  /** @internal Whether the client still waits for an answer. */
  isAsking(ask: Ask<ClientSocket>): boolean {
    return this.#connection.isOpen(ask);
  }

  /**
   * @internal Middleware let the client in; nothing happens when that comes too late.
   * @param entrance runs connect handlers and says what the client is told: that goes out first, then what they wrote, of which a refused client gets none.
   */
  letIn(ask: Ask<ClientSocket>, socket: ClientSocket, entrance: Entrance): void {
    if (!this.#connection.accept(ask, socket)) return;
    if (this.#connection.deadlineMs === Infinity) this.#context.sweep.delete(this.#connection);
    const before = this.#held; // a connect handler may let its own client into another namespace
    const held: Held[] = (this.#held = []);
    let answer: Packet;
    try {
      answer = entrance.enter();
    } finally {
      this.#held = before;
    }
    const { greet, encoder } = this.#context;
    this.#emit(answer.type === PacketType.CONNECT ? greet(answer) : encoder.encode(answer), noFlags, false, answer.nsp);
    for (const each of held) {
      if (answer.type === PacketType.CONNECT || !isFor(answer.nsp, each, encoder)) this.#emit(each.packets, each.options, each.isShared, each.nsp);
    }
  }

  /** @internal Tells why the client may not have the namespace, unless that comes too late. */
  refuse(ask: Ask<ClientSocket>, data: unknown): void {
    if (!this.#connection.refuse(ask)) return;
    ask.candidate?.discard();
    this.write({ type: PacketType.CONNECT_ERROR, nsp: ask.nsp, data });
  }

  write(packet: Packet, flags: EmitFlags = noFlags): void {
    this.#emit(this.#context.encoder.encode(packet), flags, false, packet.nsp);
  }

  /** Writes what is encoded already; adapters come in here for every member of a broadcast. */
  writeToEngine(packets: EncodedPacket, options: WriteOptions, nsp?: string): void {
    this.#emit(packets, options, true, nsp);
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
    for (const { candidate } of this.#connection.asks) candidate?.discard();
    for (const socket of this.#connection.members) socket.end(reason, description);
  }

  #hangUp(reason: DisconnectReason): void {
    this.end(reason);
    void this.conn.close();
  }

  /** The client sends too fast: it is told, and in the end disconnected. */
  #turnDown(packet: Packet, isLeft: boolean, { answer, isLast }: RateVerdict): void {
    const { limit, retryAfterMs } = answer;
    const error = new SocketIOError("The client sends too fast", { code: "socketio/rate-limited", details: { limit, retryAfterMs } });
    const socketId = this.#connection.members.find(({ nsp }) => nsp.name === packet.nsp)?.id;
    this.#context.reportPeer(error, { event: "packet", namespace: packet.nsp, ...(socketId !== undefined && { socketId }) });
    if (isLast) this.disconnect();
    else if (packet.type === PacketType.CONNECT || !isLeft) this.write(refusalOf(packet, answer)); // else nobody is there to hear it
  }

  /** @param isShared whether other connections get the same packets, so that their wire form is worth keeping. */
  #emit(packets: EncodedPacket, options: WriteOptions, isShared: boolean, nsp: string | undefined): void {
    if (this.#held !== undefined) {
      this.#held.push({ packets, options, isShared, nsp });
      return;
    }
    const { conn } = this;
    if (this.#isOver || conn.readyState !== "open" || (options.volatile === true && !isReady(conn))) return;
    try {
      if (isShared) for (const message of this.#context.prepare(packets, options)) void conn.sendPrepared(message);
      else for (const message of packets) void conn.send(message, options);
    } catch (error) {
      if (!(error instanceof SocketIsClosedError)) this.#context.report(error, { event: "write" }); // else it has hung up, which comes next
      if (packets.length > 1) void conn.close(); // the client may be waiting for the rest of the packet
    }
  }
}

const noFlags: EmitFlags = {};

function isReady({ writeBuffer }: EngineConnection): boolean {
  return writeBuffer.length === 0;
}

/** For what our own encoder wrote. */
const UNLIMITED: DecoderOptions = { limits: { ...DEFAULT_PACKET_LIMITS, maxAttachments: Infinity, maxAttachmentBytes: Infinity, maxNamespaceLength: Infinity } };

/** Whether a packet is for a namespace. Where nobody said, it is read again; one that cannot be is not sent to a client that was refused. */
function isFor(nsp: string, held: Held, codec: Codec): boolean {
  if (held.nsp !== undefined) return held.nsp === nsp;
  try {
    const decoder = codec.createDecoder(UNLIMITED);
    return held.packets.map((message) => decoder.push(message)).at(-1)?.nsp === nsp;
  } catch {
    return true;
  }
}
