/**
 * The server's GET, POST and OPTIONS: who may send them, what they want, and which session carries them.
 *
 * Room: engineio node.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ServerPolling } from "../core/polling-server.js";
import type { ServerContext } from "./context.js";
import { Exchange } from "./exchange.js";
import { type Passed, passOrigin } from "./gate.js";
import { addInitialHeaders } from "./initial-headers.js";
import { handlePoll, handlePost, serverPolling } from "./polling.js";
import { type Refusal, errorCodes, refusal } from "./refusal.js";
import type { Socket, Ticket } from "./server-socket.js";
import { isRefusal, readIntent } from "./verify.js";

export class Requests {
  readonly #context: ServerContext;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** Answer a request that the middlewares have let through. Never throws. */
  serve(request: IncomingMessage, response: ServerResponse, isShared: boolean): void {
    const exchange = new Exchange(this.#context, request, response, isShared);
    try {
      const passed = passOrigin(request, this.#context.opts);
      if (passed instanceof Promise) this.#later(exchange, passed, (verdict) => this.#serve(exchange, verdict));
      else this.#serve(exchange, passed);
    } catch (error) {
      this.#failed(exchange, error);
    }
  }

  /** A middleware failed: the request is refused, the failure reported. */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    this.#failed(new Exchange(this.#context, request, response, true), error);
  }

  #failed(exchange: Exchange, error: unknown): void {
    this.#context.opts.onError(error, { event: "request" });
    exchange.refuse(refusal(errorCodes.badRequest, { name: "MIDDLEWARE_FAILURE", error }));
  }

  /** The application is asked, which it hardly ever is: most requests are answered without a promise. */
  #later<Answer>(exchange: Exchange, answer: Promise<Answer>, go: (answer: Answer) => void): void {
    answer.then(go).catch((error: unknown) => this.#failed(exchange, error));
  }

  #serve(exchange: Exchange, passed: Passed | Refusal): void {
    const { request } = exchange;
    const { opts, sessions } = this.#context;
    if (isRefusal(passed)) {
      exchange.refuse(passed);
      return;
    }
    exchange.allow(passed.headers);
    if (request.method === "OPTIONS") {
      exchange.answerPreflight(passed.preflightStatus);
      return;
    }
    const intent = readIntent(request, false, opts, sessions.sockets);
    if (isRefusal(intent)) {
      exchange.refuse(intent);
      return;
    }
    exchange.jsonpIndex = intent.jsonpIndex;
    if (intent.kind === "session") this.#carry(intent.socket, exchange);
    else this.#admit(exchange);
  }

  #admit(exchange: Exchange): void {
    const ticket = this.#context.sessions.admission.admit(exchange.request);
    if (ticket instanceof Promise) this.#later(exchange, ticket, (answer) => this.#open(exchange, answer));
    else this.#open(exchange, ticket);
  }

  #open(exchange: Exchange, ticket: Ticket | Refusal): void {
    const { request, response } = exchange;
    const { opts, sessions } = this.#context;
    if (isRefusal(ticket)) {
      exchange.refuse(ticket);
      return;
    }
    if (response.destroyed) { // the client has hung up meanwhile
      sessions.admission.leave(ticket);
      return;
    }
    const late = addInitialHeaders(this.#context, exchange.headers, ticket, request);
    if (late !== undefined) {
      exchange.refuse(late);
      return;
    }
    const socket = sessions.create(ticket, request, exchange.isShared);
    const polling = serverPolling(socket.session, opts.maxPacketsPerPayload);
    socket.session.start(polling);
    sessions.open(socket, true);
    if (socket.session.state === "closed") exchange.refuse(refusal(errorCodes.unknownSid, { sid: socket.id })); // by a listener of `connection`
    else handlePoll(polling, socket.session, exchange);
  }

  #carry(socket: Socket, exchange: Exchange): void {
    const { opts, events } = this.#context;
    const { session } = socket;
    events.emit("headers", exchange.headers, exchange.request);
    session.tick(opts.clock.now()); // a request after the deadline finds the session over, however late the sweep
    const { carrier } = session;
    if (session.state === "closed" || !(carrier instanceof ServerPolling)) exchange.refuse(refusal(errorCodes.unknownSid, { sid: socket.id }));
    else if (exchange.request.method === "GET") handlePoll(carrier, session, exchange);
    else handlePost(carrier, session, exchange, this.#context);
  }
}
