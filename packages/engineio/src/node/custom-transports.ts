/**
 * Transports that the application brings: WebTransport, a data channel, a worker's port.
 *
 * Room: engineio node. They are judged as WebSockets are: origin, `allowRequest`, limits, upgrade rules.
 */
import type { IncomingMessage } from "node:http";
import { ConnectionError } from "@x/errors/engineio";
import { type PacketStream, PacketStreamCarrier } from "../shell/packet-stream.js";
import { type ServerContext, reportRefusal } from "./context.js";
import { passOrigin } from "./gate.js";
import { addInitialHeaders } from "./initial-headers.js";
import { type Refusal, errorCodes, refusal } from "./refusal.js";
import type { Socket, Ticket } from "./server-socket.js";
import { isRefusal } from "./verify.js";

const POLICY_VIOLATION = 1008;
const NORMAL_CLOSE = 1000;

export class CustomTransports {
  readonly #context: ServerContext;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** @throws {ConnectionError} as `Server#handleTransport`. */
  async serve(stream: PacketStream, request: IncomingMessage, sid: string | undefined): Promise<Socket> {
    const { opts } = this.#context;
    if (!opts.customTransports.includes(stream.name)) throw this.#refuse(stream, request, refusal(errorCodes.unknownTransport, { transport: stream.name }));
    const verdict = await this.#ask(stream, request, () => passOrigin(request, opts));
    if (isRefusal(verdict)) throw this.#refuse(stream, request, verdict);
    return sid === undefined ? this.#open(stream, request) : this.#upgrade(stream, request, sid);
  }

  async #open(stream: PacketStream, request: IncomingMessage): Promise<Socket> {
    const { opts, sessions } = this.#context;
    const ticket = await this.#ask<Ticket | Refusal>(stream, request, () => sessions.admission.admit(request, true));
    if (isRefusal(ticket)) throw this.#refuse(stream, request, ticket);
    const late = await this.#ask(stream, request, () => addInitialHeaders(this.#context, {}, ticket, request)); // listeners count handshakes
    if (late !== undefined) throw this.#refuse(stream, request, late);
    const socket = sessions.create(ticket, request, true);
    const carrier = new PacketStreamCarrier(socket.session, stream, opts.maxHttpBufferSize);
    socket.session.start(carrier);
    sessions.open(socket, false);
    carrier.listen();
    return socket;
  }

  #upgrade(stream: PacketStream, request: IncomingMessage, sid: string): Socket {
    const { opts, sessions } = this.#context;
    const socket = sessions.sockets.get(sid);
    if (socket === undefined) throw this.#refuse(stream, request, refusal(errorCodes.unknownSid, { sid }));
    const carrier = new PacketStreamCarrier(socket.session, stream, opts.maxHttpBufferSize);
    const isOver = socket.upgradeAttempts++ >= opts.maxUpgradeAttempts;
    if (isOver || !opts.allowUpgrades || !socket.session.tryUpgrade(carrier)) {
      throw this.#refuse(stream, request, refusal(errorCodes.badRequest, { name: isOver ? "UPGRADE_LIMIT" : "TRANSPORT_MISMATCH", sid }), NORMAL_CLOSE);
    }
    carrier.listen();
    return socket;
  }

  /** What the application's functions fail with refuses, too. */
  async #ask<Answer>(stream: PacketStream, request: IncomingMessage, question: () => Answer | Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      this.#context.opts.onError(error, { event: "transport" });
      throw this.#refuse(stream, request, refusal(errorCodes.badRequest, { name: "MIDDLEWARE_FAILURE", error }));
    }
  }

  #refuse(stream: PacketStream, request: IncomingMessage, reason: Refusal, closeCode = POLICY_VIOLATION): ConnectionError {
    stream.close(closeCode);
    reportRefusal(this.#context, request, reason);
    const { code, message } = reason;
    return new ConnectionError(`Transport refused: ${message}`, { code: reason.reason, httpStatus: reason.status, body: { code, message }, cause: reason.context["error"] });
  }
}
