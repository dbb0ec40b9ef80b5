/**
 * The client on Node: polling over node:http(s) with kept-alive connections, WebSocket over `@x/simple-ws`.
 *
 * Room: engineio node.
 */
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { Sweep, backgroundClock } from "@x/errors/clock";
import { ConnectionError, ContentTooLongError } from "@x/errors/engineio";
import { ConnectionError as WebSocketConnectionError } from "@x/errors/simple-ws";
import { WebSocketBadStatusException } from "@x/errors/wsframe";
import { connect as connectWebSocket } from "@x/simple-ws/client";
import type { ClientOptions } from "../shell/client-options.js";
import { refused } from "../shell/client-requests.js";
import { ClientSocket, type ConnectOptions, openSocket } from "../shell/client-socket.js";
import type { ClientPlatform, HttpAnswer, HttpRequest, RequestSettings } from "../shell/ports.js";
import { nodeText } from "./text.js";
import { WebSocketCarrier } from "./websocket.js";

/** Idle connections are dropped before a Node server would (5000 ms), so that no request meets one that is just closing. */
const IDLE_MS = 4000;

let agents: { readonly http: HttpAgent; readonly https: HttpsAgent } | undefined;

const platform: ClientPlatform = {
  clock: backgroundClock,
  deadlines: /* @__PURE__ */ new Sweep(backgroundClock),
  text: nodeText,
  wallNowMs: () => Date.now(),
  origin: () => undefined,
  request,
  async openWebSocket(session, url, { headers, subprotocols, maxMessageBytes }, signal) {
    const { maxBufferedBytes, highWaterMarkBytes } = session.config;
    const options = { headers, subprotocols, maxMessageBytes, maxBufferedBytes, highWaterMarkBytes, pingIntervalMs: 0, signal };
    try {
      return new WebSocketCarrier(session, await connectWebSocket(url, options));
    } catch (cause) {
      throw connectFailed(cause);
    }
  },
  watch: () => nothing,
};

/** A connection to an Engine.IO server; opens itself. Its methods and events are `engine.io-client`'s. */
export class Socket extends ClientSocket {
  /** @throws {EngineIOError} `engineio/invalid-option`, {ConnectionError} `engineio/connection-failed` for a bad URL. */
  constructor(url: string | URL, options: ClientOptions = {}) {
    super(String(url), options, platform);
  }
}

/**
 * Connect to `url`, e.g. `http://localhost:3000`.
 * @returns an open socket; messages are kept until somebody listens, or attaches.
 * @throws {ConnectionError} when no session opens; `httpStatus` and `body` are the server's answer, `cause` says why.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<Socket> {
  return openSocket(new Socket(url, options), options.signal);
}

function request({ method, url, body, maxBytes, signal }: HttpRequest, { headers }: RequestSettings): Promise<HttpAnswer> {
  agents ??= { http: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }), https: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }) };
  const { http, https } = agents;
  const isSecure = url.startsWith("https:");
  const options = { method, signal, headers: body === undefined ? headers : { ...headers, "Content-Type": "text/plain;charset=UTF-8", "Content-Length": Buffer.byteLength(body) } };
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage): void => {
      readText(answer, maxBytes).then((text) => resolve({ status: answer.statusCode ?? 0, body: text }), reject);
    };
    const sent = isSecure ? httpsRequest(url, { ...options, agent: https }, onAnswer) : httpRequest(url, { ...options, agent: http }, onAnswer);
    sent.on("error", reject);
    sent.end(body);
  });
}

/** @throws {ContentTooLongError} and hangs up, when there are more than `limitBytes`. */
async function readText(answer: IncomingMessage, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw new ContentTooLongError(`Cannot read polling answer: more than ${limitBytes} bytes`, { limitBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What the server answered instead of an upgrade is its refusal; anything else is the cause. */
function connectFailed(cause: unknown): ConnectionError {
  const answer = cause instanceof WebSocketConnectionError ? cause.cause : undefined;
  if (answer instanceof WebSocketBadStatusException) return refused({ status: answer.statusCode, body: answer.body }, cause);
  return new ConnectionError("Cannot connect: the WebSocket did not open", { cause });
}

function nothing(): void {
  // there is no page to watch
}
