/**
 * A client on its way into a namespace: middleware, connect handlers, the answer (Socket.IO protocol v5, "Connection to a namespace").
 *
 * Room: socketio shell. One object from the question to the answer, and as long as a connect handler runs: no function for each step.
 */
import type { Ask } from "../../core/ask.js";
import type { Packet } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import type { Claim, Holder, Resumed, SessionKeeper } from "../../core/session-keeper.js";
import type { Client, ClientSocket, Entrance } from "./client.js";
import type { Failure, Run } from "./middleware.js";
import type { ServerContext } from "./ports.js";
import { judge, type Refusal } from "./refusal.js";

/** A socket as its arrival needs it. */
export interface Newcomer extends ClientSocket, Holder {
  readonly id: string;
  open(resumed?: Resumed): void;
  disconnect(): unknown;
}

/** The namespace as those who come into it need it. */
export interface Host<Socket> {
  readonly name: string;
  readonly context: ServerContext;
  readonly sessions: SessionKeeper | undefined;
  /** It is one of the namespace's sockets from now on. */
  enter(socket: Socket): void;
  /** Calls the connect handlers. @param onError told what they throw, or reject with. */
  greet(socket: Socket, onError: (error: unknown) => void): void;
}

export class Arrival<Socket extends Newcomer> implements Run<Socket>, Entrance {
  readonly subject: Socket;
  readonly #host: Host<Socket>;
  readonly #client: Client;
  readonly #ask: Ask<ClientSocket>;
  readonly #claim: Claim | undefined;
  /** The first of a connect handler. */
  #failure: Failure | undefined;
  #isAnswered = false;

  constructor(host: Host<Socket>, socket: Socket, client: Client, ask: Ask<ClientSocket>, claim: Claim | undefined) {
    this.subject = socket;
    this.#host = host;
    this.#client = client;
    this.#ask = ask;
    this.#claim = claim;
  }

  /** Middleware has had its say. */
  done(failure?: Failure): void {
    if (failure === undefined) this.letIn();
    else this.#client.refuse(this.#ask, this.#verdict(failure, "middleware"));
  }

  late(error: unknown): void {
    this.#report(error, "middleware");
  }

  /** Middleware is done, or not asked. */
  letIn(): void {
    this.#client.letIn(this.#ask, this.subject, this);
  }

  /** Connect handlers run before the client is told, so that a failing one still refuses it. @returns what it is told. */
  enter(): Packet {
    const { name: nsp, sessions } = this.#host;
    const { subject } = this;
    const resumed = sessions?.hold(subject, this.#claim);
    this.#host.enter(subject);
    subject.open(resumed);
    this.#host.greet(subject, (error) => this.#handlerFailed({ error, isCrash: true }));
    this.#isAnswered = true;
    const sid = subject.id;
    if (this.#failure === undefined) return { type: PacketType.CONNECT, nsp, data: resumed === undefined ? { sid } : { sid, ...resumed.answer } };
    subject.end("server namespace disconnect");
    return { type: PacketType.CONNECT_ERROR, nsp, data: this.#verdict(this.#failure, "connection") };
  }

  /** A client that was told that it is connected can be refused no more: official ones would go on believing that they are. It is disconnected. */
  #handlerFailed(failure: Failure): void {
    if (!this.#isAnswered) {
      this.#failure ??= failure;
      return;
    }
    this.#verdict(failure, "connection");
    this.subject.disconnect();
  }

  #verdict(failure: Failure, event: string): Refusal {
    const { refusal, isCrash } = judge(failure);
    if (isCrash) this.#report(failure.error, event);
    return refusal;
  }

  #report(error: unknown, event: string): void {
    this.#host.context.report(error, { event, namespace: this.#host.name, socketId: this.subject.id });
  }
}
