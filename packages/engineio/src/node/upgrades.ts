/**
 * WebSockets: upgrade requests that open a session, or bring a second transport to one.
 *
 * Room: engineio node. RFC 6455 §4.2 is `@x/simple-ws`'s; who may come is judged by the same rules as for polling.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type AcceptOptions, type Greet, type WebSocketConnection, acceptNow } from "@x/simple-ws/server";
import type { AnswerHeaders } from "./answer-headers.js";
import { type ServerContext, reportRefusal } from "./context.js";
import { type Passed, passOrigin } from "./gate.js";
import { addInitialHeaders } from "./initial-headers.js";
import { type Refusal, errorCodes, refusal, refuseUpgrade } from "./refusal.js";
import type { Socket, Ticket } from "./server-socket.js";
import { isRefusal, readIntent } from "./verify.js";
import { WebSocketCarrier } from "./websocket.js";

/** An upgrade request on its way. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** Of the answer. */
  readonly headers: AnswerHeaders;
  /** Somebody else may hold on to the request, or have changed it. */
  readonly isShared: boolean;
}

export class Upgrades {
  readonly #context: ServerContext;
  readonly #acceptOptions: AcceptOptions;
  /** For requests that nobody else has seen. */
  readonly #rawOptions: AcceptOptions;
  /** WebSockets that have not ended yet. No list of them: the sessions know theirs. */
  #count = 0;
  readonly #whenNone: (() => void)[] = [];

  constructor(context: ServerContext) {
    const { maxHttpBufferSize, maxBufferedBytes, highWaterMarkBytes, perMessageDeflate } = context.opts;
    this.#context = context;
    this.#acceptOptions = {
      origin: "*", // judged already, by the same rule as for polling
      maxMessageBytes: maxHttpBufferSize,
      maxBufferedBytes,
      highWaterMarkBytes,
      perMessageDeflate,
      pingIntervalMs: 0, // Engine.IO has its own heartbeat
    };
    this.#rawOptions = { ...this.#acceptOptions, rawHeaders: true };
  }

  /** Answer an upgrade request that the middlewares have let through, with their headers. Never throws. */
  serve(upgrade: UpgradeRequest): void {
    try {
      const passed = passOrigin(upgrade.request, this.#context.opts, upgrade.isShared);
      if (passed instanceof Promise) this.#later(upgrade, passed, (verdict) => this.#serve(upgrade, verdict));
      else this.#serve(upgrade, passed);
    } catch (error) {
      this.failed(upgrade.request, upgrade.socket, error);
    }
  }

  /** Code of the application failed: the request is refused, the failure reported. */
  failed(request: IncomingMessage, socket: Duplex, error: unknown): void {
    this.#context.opts.onError(error, { event: "upgrade" });
    this.#refuse(request, socket, refusal(errorCodes.badRequest, { name: "MIDDLEWARE_FAILURE", error }));
  }

  /** Resolves when no WebSocket is left. */
  async allClosed(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#whenNone.push(resolve));
  }

  /** The application is asked, which it hardly ever is: most upgrades are answered without a promise. */
  #later<Answer>(upgrade: UpgradeRequest, answer: Promise<Answer>, go: (answer: Answer) => void): void {
    const { request, socket } = upgrade;
    socket.on("error", hangUp); // whoever goes on at once listens before anything can fail
    answer.then((value) => {
      socket.off("error", hangUp);
      go(value);
    }).catch((error: unknown) => this.failed(request, socket, error));
  }

  #serve(upgrade: UpgradeRequest, verdict: Passed | Refusal): void {
    const { request, socket } = upgrade;
    const { opts, sessions, events } = this.#context;
    const intent = isRefusal(verdict) ? verdict : readIntent(request, true, opts, sessions.sockets);
    if (isRefusal(intent)) {
      this.#refuse(request, socket, intent);
    } else if (intent.kind === "session") {
      events.emit("headers", upgrade.headers, request);
      this.#tryUpgrade(intent.socket, upgrade);
    } else {
      this.#admit(upgrade);
    }
  }

  #admit(upgrade: UpgradeRequest): void {
    const ticket = this.#context.sessions.admission.admit(upgrade.request);
    if (ticket instanceof Promise) this.#later(upgrade, ticket, (answer) => this.#open(upgrade, answer));
    else this.#open(upgrade, ticket);
  }

  #open(upgrade: UpgradeRequest, ticket: Ticket | Refusal): void {
    const { request, socket, headers } = upgrade;
    const { sessions } = this.#context;
    if (isRefusal(ticket)) {
      this.#refuse(request, socket, ticket);
      return;
    }
    const late = addInitialHeaders(this.#context, headers, ticket, request);
    if (late !== undefined) {
      this.#refuse(request, socket, late);
      return;
    }
    const isOpen = this.#accept(upgrade, (connection) => this.#begin(connection, ticket, upgrade));
    if (!isOpen) sessions.admission.leave(ticket);
  }

  #begin(connection: WebSocketConnection, ticket: Ticket, { request, isShared }: UpgradeRequest): void {
    const { sessions } = this.#context;
    const client = sessions.create(ticket, request, isShared);
    const carrier = new WebSocketCarrier(client.session, connection, this.#onGone);
    client.session.start(carrier);
    sessions.open(client, false);
    carrier.listen();
  }

  /** A second transport for a session; where it is not wanted, it is closed and the session goes on. */
  #tryUpgrade(client: Socket, upgrade: UpgradeRequest): void {
    const { allowUpgrades, maxUpgradeAttempts } = this.#context.opts;
    if (client.upgradeAttempts >= maxUpgradeAttempts) {
      this.#refuse(upgrade.request, upgrade.socket, refusal(errorCodes.badRequest, { name: "UPGRADE_LIMIT", sid: client.id, maxUpgradeAttempts }));
      return;
    }
    client.upgradeAttempts++;
    this.#accept(upgrade, (connection) => {
      const carrier = new WebSocketCarrier(client.session, connection, this.#onGone);
      if (!allowUpgrades || !client.session.tryUpgrade(carrier)) void connection.close().then(this.#onGone); // no carrier will hear of its end
      else carrier.listen();
    });
  }

  /** @returns `false` when the handshake was not one of RFC 6455, which has been answered then. */
  #accept({ request, socket, head, headers: responseHeaders, isShared }: UpgradeRequest, greet: Greet): boolean {
    this.#count++;
    try {
      const shared = isShared ? this.#acceptOptions : this.#rawOptions;
      const options = Object.keys(responseHeaders).length === 0 ? shared : { ...shared, responseHeaders };
      acceptNow(request, socket, head, options, greet);
      return true;
    } catch (error) {
      this.#onGone();
      reportRefusal(this.#context, request, refusal(errorCodes.badRequest, { name: "TRANSPORT_HANDSHAKE_ERROR", error }));
      return false;
    }
  }

  readonly #onGone = (): void => {
    if (--this.#count > 0) return;
    for (const resolve of this.#whenNone.splice(0)) resolve();
  };

  #refuse(request: IncomingMessage, socket: Duplex, reason: Refusal): void {
    refuseUpgrade(socket, reason);
    reportRefusal(this.#context, request, reason);
  }
}

function hangUp(this: Duplex): void {
  this.destroy();
}
