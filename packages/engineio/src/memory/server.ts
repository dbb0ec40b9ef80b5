/**
 * The server of a pair in memory: one session, opened and carried by requests that never were HTTP.
 *
 * Room: engineio memory. The session, polling, payloads, upgrade and heartbeat are the real ones.
 */
import type { Sweep } from "@x/errors/clock";
import { ContentTooLongError } from "@x/errors/engineio";
import type { OnError } from "@x/errors/handlers";
import { encodeOpen } from "../core/open.js";
import { protocol } from "../core/packet.js";
import { type ParkedPoll, ServerPolling } from "../core/polling-server.js";
import type { SessionConfig } from "../core/session-config.js";
import type { SocketHooks } from "../shell/delivery.js";
import { PacketStreamCarrier, type PacketStream } from "../shell/packet-stream.js";
import type { HttpAnswer } from "../shell/ports.js";
import { EngineSocket } from "../shell/socket.js";

/** What a server in memory is made with: all of a session's settings, and what the handshake says. */
export interface MemoryServerSettings {
  readonly config: SessionConfig;
  /** The session's. */
  readonly id: string;
  readonly sweep: Sweep;
  readonly onError: OnError | undefined;
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxHttpBufferSize: number;
  readonly maxPacketsPerPayload: number;
}

/** The request that opened the session, as far as there was one. */
export interface MemoryRequest {
  readonly method: "GET";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** There is no TCP. */
  readonly socket: Readonly<Record<string, never>>;
}

/** A client as the server sees it. */
export class MemoryServerSocket extends EngineSocket {
  readonly id: string;
  readonly request: MemoryRequest;
  readonly remoteAddress: string = "127.0.0.1";
  readonly protocol: number = protocol;

  constructor(id: string, request: MemoryRequest, settings: MemoryServerSettings, hooks: SocketHooks<EngineSocket>) {
    super(settings.config, hooks, settings.maxHttpBufferSize, settings.config.maxBufferedBytes, settings.onError);
    this.id = id;
    this.request = request;
  }

  /** As of a socket of the network's: what of {@link request} can be had without making it. */
  get requestHead(): MemoryRequest {
    return this.request;
  }
}

const OK = 200;
const BAD_REQUEST = 400;
const TOO_LARGE = 413;
const refused: HttpAnswer = { status: BAD_REQUEST, body: '{"code":3,"message":"Bad request"}' };
const unknownSid: HttpAnswer = { status: BAD_REQUEST, body: '{"code":1,"message":"Session ID unknown"}' };

/** One poll in waiting. */
class MemoryPoll implements ParkedPoll {
  readonly #respond: (answer: HttpAnswer) => void;

  constructor(respond: (answer: HttpAnswer) => void) {
    this.#respond = respond;
  }

  answer(payload: string): void {
    this.#respond({ status: OK, body: payload });
  }
}

/** Opens the session at the first request and takes all that follow. */
export class MemoryServer {
  /** The session; `undefined` until the client has asked for one. */
  socket: MemoryServerSocket | undefined;
  readonly #settings: MemoryServerSettings;
  readonly #hooks: SocketHooks<EngineSocket>;

  constructor(settings: MemoryServerSettings) {
    this.#settings = settings;
    this.#hooks = {
      opened: () => undefined,
      openFailed: () => false,
      upgraded: () => undefined,
      closed: ({ session }) => settings.sweep.delete(session),
      touch: ({ session }) => settings.sweep.touch(session),
    };
  }

  /** A polling request. @returns what to call when the client hangs up. */
  handleRequest(url: string, body: string | undefined, respond: (answer: HttpAnswer) => void): () => void {
    if (!url.includes("sid=")) return this.#openPolling(url, respond);
    const session = this.socket?.session;
    if (session === undefined || session.state === "closed" || !(session.carrier instanceof ServerPolling)) respond(unknownSid);
    else if (body === undefined) return poll(session.carrier, respond);
    else respond(this.#post(session.carrier, body));
    return nothing;
  }

  /** A WebSocket: the session's first transport, or one to upgrade to. */
  handleStream(url: string, stream: PacketStream): void {
    const isFirst = this.socket === undefined && !url.includes("sid=");
    if (isFirst) this.socket = this.#createSocket(url);
    const session = this.socket?.session;
    if (session === undefined) {
      stream.close(1000);
      return;
    }
    const carrier = new PacketStreamCarrier(session, stream, this.#settings.maxHttpBufferSize);
    if (isFirst) {
      session.start(carrier);
      this.#welcome(this.socket, []);
    } else if (!session.tryUpgrade(carrier)) {
      stream.close(1000);
      return;
    }
    carrier.listen();
  }

  #openPolling(url: string, respond: (answer: HttpAnswer) => void): () => void {
    if (this.socket !== undefined) {
      respond(refused); // a pair has one session
      return nothing;
    }
    const socket = this.#createSocket(url);
    this.socket = socket;
    const polling = new ServerPolling(socket.session, this.#settings.maxPacketsPerPayload, answerAtEndOfTurn);
    socket.session.start(polling);
    this.#welcome(socket, ["websocket"]);
    return poll(polling, respond);
  }

  #post(polling: ServerPolling, body: string): HttpAnswer {
    const limitBytes = this.#settings.maxHttpBufferSize;
    const actualBytes = this.#settings.config.text.byteLength(body);
    if (!polling.beginPost()) return refused;
    if (actualBytes > limitBytes) {
      polling.postFailed(new ContentTooLongError(`Cannot accept request body: more than ${limitBytes} bytes`, { limitBytes, actualBytes }));
      return { status: TOO_LARGE, body: '{"code":3,"message":"Payload too large"}' };
    }
    return polling.post(body) ? { status: OK, body: "ok" } : refused;
  }

  #createSocket(url: string): MemoryServerSocket {
    const socket = new MemoryServerSocket(this.#settings.id, { method: "GET", url, headers: { host: "memory" }, socket: {} }, this.#settings, this.#hooks);
    this.#settings.sweep.add(socket.session);
    return socket;
  }

  #welcome(socket: MemoryServerSocket | undefined, upgrades: readonly string[]): void {
    const { pingInterval, pingTimeout, maxHttpBufferSize } = this.#settings;
    socket?.session.open(encodeOpen({ sid: socket.id, upgrades, pingInterval, pingTimeout, maxPayload: maxHttpBufferSize }), pingInterval, pingTimeout);
  }
}

function poll(polling: ServerPolling, respond: (answer: HttpAnswer) => void): () => void {
  const parked = new MemoryPoll(respond);
  if (!polling.poll(parked)) respond(refused);
  return () => polling.pollLost(parked); // no effect once it is answered
}

function answerAtEndOfTurn(polling: ServerPolling): void {
  queueMicrotask(() => polling.answerScheduled());
}

function nothing(): void {
  // the request has been answered
}
