/**
 * One Engine.IO connection as the server sees it: which namespaces it asked for, was granted and left
 * (Socket.IO protocol v5, "Connection to a namespace", "Disconnection from a namespace").
 *
 * Room: socketio core. The client must CONNECT within a time limit, and each question is answered within one; whatever breaks the
 * protocol ends the connection at once.
 */
import type { Swept } from "@x/errors/clock";
import { SocketIOError } from "@x/errors/socketio";
import { Ask } from "./ask.js";
import type { Codec, PacketDecoder } from "./codec.js";
import type { DecoderOptions } from "./decoder.js";
import { atLimit, invalidPacket } from "./faults.js";
import { Few } from "./few.js";
import type { Packet } from "./packet.js";
import * as PacketType from "./packet-type.js";

/** The namespace's side of a connection: a socket. */
export interface Member {
  receive(packet: Packet): void;
}

export interface ServerConnectionSink<Socket extends Member> {
  /** When a question that comes now must be answered, by a connection that is in a namespace already. */
  readonly answerByMs: number;
  /**
   * A packet is complete, and may come. Asked once about each.
   * @param isLeft whether the client was in its namespace, or asked for it, before, and is not in it.
   * @returns whether it is taken; where it is not, the client has been told.
   */
  takes(packet: Packet, isLeft: boolean): boolean;
  /** The client asks for a namespace; answer with {@link ServerConnection.accept} or {@link ServerConnection.refuse}. */
  onConnect(ask: Ask<Socket>, auth: Record<string, unknown>): void;
  /** It had no answer in time, and counts as refused: tell the client. */
  onAskTimeout(ask: Ask<Socket>): void;
  /** The peer broke the protocol or a limit: hang up. Called once at most. */
  onFailure(error: SocketIOError): void;
  /** No namespace was granted in time: hang up. */
  onConnectTimeout(): void;
}

/** One object for all connections of a server, which keep it. */
export interface ServerConnectionOptions extends DecoderOptions {
  readonly codec: Codec;
  /** Most namespaces of one connection, those being asked for or left included. Default 100. */
  readonly maxNamespaces: number;
}

/** `left`: packets under way when the server disconnected the socket are ignored. */
type Membership<Socket extends Member> = Socket | Ask<Socket> | "left";

const none: readonly never[] = [];

export class ServerConnection<Socket extends Member = Member> implements Swept {
  readonly #sink: ServerConnectionSink<Socket>;
  readonly #maxNamespaces: number;
  readonly #decoder: PacketDecoder;
  readonly #namespaces = new Few<string, Membership<Socket>>();
  /** Questions that are not answered. */
  #asking = 0;
  /** Whole milliseconds, which need no object of their own. */
  #deadlineMs: number | undefined;
  #isOver = false;

  /** @param connectByMs when the client must be in its first namespace. */
  constructor(options: ServerConnectionOptions, sink: ServerConnectionSink<Socket>, connectByMs: number) {
    this.#sink = sink;
    this.#maxNamespaces = options.maxNamespaces;
    this.#decoder = options.codec.createDecoder(options);
    this.#deadlineMs = Math.ceil(connectByMs);
  }

  get deadlineMs(): number {
    if (this.#deadlineMs !== undefined) return this.#deadlineMs; // which is that of its questions, too
    if (this.#isOver || this.#asking === 0) return Infinity;
    let earliestMs = Infinity;
    for (const ask of this.asks) earliestMs = Math.min(earliestMs, ask.deadlineMs);
    return earliestMs;
  }

  /** Takes one Engine.IO message. Never throws for what the peer wrote. */
  receive(message: string | Uint8Array): void {
    if (this.#isOver) return;
    let packet: Packet | undefined;
    try {
      packet = this.#decoder.push(message);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (packet !== undefined) this.#route(packet);
  }

  tick(nowMs: number): void {
    for (const ask of this.asks) if (ask.deadlineMs <= nowMs && this.refuse(ask)) this.#sink.onAskTimeout(ask);
    if (this.#deadlineMs === undefined || this.#deadlineMs > nowMs) return;
    this.end();
    this.#sink.onConnectTimeout();
  }

  /** Whether a question still waits for its answer. */
  isOpen(ask: Ask<Socket>): boolean {
    return !this.#isOver && this.#namespaces.get(ask.nsp) === ask;
  }

  /** The client is let in. @returns false when the question is no longer open. */
  accept(ask: Ask<Socket>, member: Socket): boolean {
    if (!this.isOpen(ask)) return false;
    this.#asking--;
    this.#deadlineMs = undefined;
    this.#namespaces.set(ask.nsp, member);
    return true;
  }

  /** The client is not let in. @returns false when the question is no longer open. */
  refuse(ask: Ask<Socket>): boolean {
    if (!this.isOpen(ask)) return false;
    this.#asking--;
    this.#namespaces.set(ask.nsp, "left");
    return true;
  }

  /** A socket was disconnected by either side. */
  leave(nsp: string): void {
    const membership = this.#namespaces.get(nsp);
    if (membership === undefined) return;
    if (membership instanceof Ask) this.#asking--;
    this.#namespaces.set(nsp, "left");
  }

  /** Questions that had no answer; once the connection is over, they will have none. A copy. */
  get asks(): readonly Ask<Socket>[] {
    return this.#asking === 0 ? none : this.#namespaces.values().filter((membership) => membership instanceof Ask);
  }

  /** Sockets of namespaces that were granted and not left. A copy. */
  get members(): Socket[] {
    return this.#namespaces.values().filter((membership): membership is Socket => membership !== "left" && !(membership instanceof Ask));
  }

  /** The connection is gone: whatever still arrives is ignored. */
  end(): void {
    this.#isOver = true;
    this.#deadlineMs = undefined;
  }

  #route(packet: Packet): void {
    const membership = this.#namespaces.get(packet.nsp);
    if (packet.type === PacketType.CONNECT) this.#connect(packet, membership);
    else if (packet.type === PacketType.CONNECT_ERROR || membership === undefined || membership instanceof Ask) {
      this.#fail(unexpected("packet for a namespace that is not connected"));
    } else if (packet.type === PacketType.DISCONNECT && packet.data !== undefined) {
      this.#fail(invalidPacket("DISCONNECT with a payload")); // as python-socketio's servers write it, not its clients
    } else if (this.#sink.takes(packet, membership === "left") && membership !== "left") membership.receive(packet);
  }

  #connect(packet: Packet, membership: Membership<Socket> | undefined): void {
    if (membership !== undefined && membership !== "left") {
      this.#fail(unexpected("second CONNECT for a namespace"));
      return;
    }
    if (membership === undefined && this.#namespaces.size >= this.#maxNamespaces) {
      this.#fail(atLimit("Too many namespaces on one connection", "socketio/too-many-namespaces", "maxNamespacesPerConnection", this.#maxNamespaces));
      return;
    }
    if (!this.#sink.takes(packet, membership !== undefined)) return;
    const { nsp, data } = packet;
    const ask = new Ask<Socket>(detached(nsp), this.#deadlineMs ?? this.#sink.answerByMs); // who keeps asking gains no time
    this.#namespaces.set(ask.nsp, ask);
    this.#asking++;
    this.#sink.onConnect(ask, (data ?? {}) as Record<string, unknown>);
  }

  #fail(error: unknown): void {
    this.end();
    this.#sink.onFailure(error instanceof SocketIOError ? error : new SocketIOError("Cannot decode", { code: "socketio/invalid-packet", cause: error }));
  }
}

/** A copy: engines make a piece of a text share the text's memory, so that a name which is kept would keep its whole message. Not so one character. */
function detached(name: string): string {
  return name.length === 1 ? name : name.split("").join("");
}

function unexpected(what: string): SocketIOError {
  return new SocketIOError(`Protocol broken: ${what}`, { code: "socketio/unexpected-packet" });
}
