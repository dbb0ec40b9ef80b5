/**
 * The server's GET, POST and OPTIONS: who may send them, what they want, and which session carries them.
 *
 * Room: engineio node.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ServerPolling } from "../core/polling-server.js";
import type { ServerContext } from "./context.js";
import { Exchange } from "./exchange.js";
import { passOrigin } from "./gate.js";
import { addInitialHeaders } from "./initial-headers.js";
import { handlePoll, handlePost, serverPolling } from "./polling.js";
import { errorCodes, refusal } from "./refusal.js";
import type { Socket } from "./server-socket.js";
import { isRefusal, readIntent } from "./verify.js";

export class Requests {
  readonly #context: ServerContext;
  readonly #upgrades: readonly string[];

  constructor(context: ServerContext) {
    const { allowUpgrades, transports, customTransports } = context.opts;
    this.#context = context;
    this.#upgrades = allowUpgrades ? [...transports.filter((name) => name !== "polling"), ...customTransports] : [];
  }

  /** Answer a request that the middlewares have let through. Never throws. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange(this.#context, request, response);
    this.#serve(exchange).catch((error: unknown) => this.#failed(exchange, error));
  }

  /** A middleware failed: the request is refused, the failure reported. */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    this.#failed(new Exchange(this.#context, request, response), error);
  }

  #failed(exchange: Exchange, error: unknown): void {
    this.#context.opts.onError(error, { event: "request" });
    exchange.refuse(refusal(errorCodes.badRequest, { name: "MIDDLEWARE_FAILURE", error }));
  }

  async #serve(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const { opts, sessions } = this.#context;
    const passed = passOrigin(request, opts);
    const verdict = passed instanceof Promise ? await passed : passed;
    if (isRefusal(verdict)) {
      exchange.refuse(verdict);
      return;
    }
    exchange.allow(verdict.headers);
    if (request.method === "OPTIONS") {
      exchange.answerPreflight(verdict.preflightStatus);
      return;
    }
    const intent = readIntent(request, false, opts, sessions.clients);
    if (isRefusal(intent)) {
      exchange.refuse(intent);
      return;
    }
    exchange.jsonpIndex = intent.jsonpIndex;
    if (intent.kind === "session") this.#carry(intent.socket, exchange);
    else await this.#open(exchange);
  }

  async #open(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const { opts, sessions } = this.#context;
    const admitted = sessions.admission.admit(request);
    const ticket = admitted instanceof Promise ? await admitted : admitted;
    if (isRefusal(ticket)) {
      exchange.refuse(ticket);
      return;
    }
    if (response.destroyed) { // the client has hung up meanwhile
      sessions.admission.leave(ticket);
      return;
    }
    addInitialHeaders(this.#context, exchange.headers, ticket, request);
    const socket = sessions.create(ticket, request);
    const polling = serverPolling(socket.session, opts.maxPacketsPerPayload);
    socket.session.start(polling);
    sessions.open(socket, this.#upgrades);
    handlePoll(polling, exchange);
  }

  #carry(socket: Socket, exchange: Exchange): void {
    const { opts, events } = this.#context;
    const { session } = socket;
    events.emit("headers", exchange.headers, exchange.request);
    session.tick(opts.clock.now()); // a request after the deadline finds the session over, however late the sweep
    const { carrier } = session;
    if (session.state === "closed" || !(carrier instanceof ServerPolling)) exchange.refuse(refusal(errorCodes.unknownSid, { sid: socket.id }));
    else if (exchange.request.method === "GET") handlePoll(carrier, exchange);
    else handlePost(carrier, session, exchange, opts);
  }
}
