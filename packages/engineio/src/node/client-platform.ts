/**
 * Node's half of the client: polling over `node:http`, WebSocket over `@x/simple-ws`, with one set of network options and one cookie jar.
 *
 * Room: engineio node.
 */
import type { Agent } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { type Clock, Sweep, backgroundClock } from "@x/errors/clock";
import { ConnectionError } from "@x/errors/engineio";
import { ConnectionError as WebSocketConnectionError } from "@x/errors/simple-ws";
import { WebSocketBadStatusException } from "@x/errors/wsframe";
import { type ConnectOptions as WebSocketOptions, type CookieJar, connect } from "@x/simple-ws/client";
import type { CarriedSession } from "../core/session-ports.js";
import type { TextPort } from "../core/text.js";
import { refused } from "../shell/client-requests.js";
import type { ClientPlatform, ClientStream, Deadlines, HttpAnswer, HttpRequest, RequestSettings } from "../shell/ports.js";
import { type ClientOptions, type NetworkOptions, networkFor } from "./client-options.js";
import { HttpRequests } from "./http-requests.js";
import { mergedHeaders } from "./request-headers.js";
import { SessionCookies } from "./session-cookies.js";
import { nodeText } from "./text.js";
import { WebSocketCarrier } from "./websocket.js";

/** One timer for all clients of the process. */
const sweep: Deadlines = /* @__PURE__ */ new Sweep(backgroundClock);

export class NodePlatform implements ClientPlatform {
  readonly clock: Clock = backgroundClock;
  readonly deadlines: Deadlines = sweep;
  readonly text: TextPort = nodeText;
  readonly #webSocket: NetworkOptions;
  readonly #jars: Readonly<Record<"polling" | "websocket", CookieJar | undefined>>;
  readonly #http: HttpRequests;

  constructor(options: ClientOptions) {
    const polling = networkFor(options, "polling");
    const own = new SessionCookies();
    const jarOf = ({ cookieJar = own }: NetworkOptions): CookieJar | undefined => (cookieJar === false ? undefined : cookieJar);
    this.#webSocket = networkFor(options, "websocket");
    this.#jars = { polling: jarOf(polling), websocket: jarOf(this.#webSocket) };
    this.#http = new HttpRequests(polling, this.#jars.polling);
  }

  wallNowMs(): number {
    return Date.now();
  }

  origin(): undefined {
    return undefined;
  }

  watch(): () => void {
    return nothing;
  }

  async request(request: HttpRequest, settings: RequestSettings): Promise<HttpAnswer> {
    try {
      return await this.#http.request(request, settings);
    } catch (error) {
      throw error instanceof WebSocketConnectionError || error instanceof TypeError ? connectFailed(error) : error;
    }
  }

  async openWebSocket(session: CarriedSession, url: string, settings: RequestSettings, signal: AbortSignal): Promise<ClientStream> {
    const { agent, autoUnref = false, headers, ...network } = this.#webSocket;
    const { maxBufferedBytes, highWaterMarkBytes } = session.config;
    const { subprotocols, maxMessageBytes } = settings;
    const jar = this.#jars.websocket;
    const options: WebSocketOptions = {
      ...withoutJar(network),
      ...(jar === undefined ? {} : { cookieJar: jar }),
      headers: (request) => mergedHeaders(settings.headers, headers, request),
      subprotocols, maxMessageBytes, maxBufferedBytes, highWaterMarkBytes, signal,
      unref: autoUnref,
      pingIntervalMs: 0, // the heartbeat is Engine.IO's
    };
    try {
      return new WebSocketCarrier(session, await (agent === undefined || agent === false ? connect(url, options) : connectBy(agent, url, options)));
    } catch (cause) {
      throw connectFailed(cause);
    }
  }
}

/** Which jar is ours to choose. */
function withoutJar({ ...network }: NetworkOptions): Omit<NetworkOptions, "cookieJar" | "agent" | "autoUnref" | "headers"> {
  delete network.cookieJar;
  return network;
}

/** Over a stream of the agent's, which for https: is under TLS already. */
function connectBy(agent: Agent, text: string, options: WebSocketOptions): ReturnType<typeof connect> {
  const url = new URL(text);
  const isSecure = url.protocol === "wss:";
  const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const target = { ...optionsOf(agent), ...options.tls, host, port, ...(isIP(host) === 0 ? { servername: host } : {}) };
  const createConnection = (): Promise<Duplex> => new Promise((resolve, reject) => {
    const stream = agent.createConnection(target, (error, opened) => (error === null ? resolve(opened) : reject(error)));
    if (stream !== null && stream !== undefined) resolve(stream);
  });
  const authority = url.host;
  const { cookieJar } = options;
  url.protocol = "ws:"; // simple-ws would put TLS above TLS
  url.port = String(port);
  return connect(url, {
    ...options, createConnection,
    host: options.host ?? authority,
    maxRedirects: 0, // the streams lead to one place
    ...(isSecure && cookieJar !== undefined ? { cookieJar: secureJar(cookieJar) } : {}),
  });
}

/** A jar for requests that are under TLS, whatever their URL says. */
function secureJar(jar: CookieJar): CookieJar {
  const secured = (url: string): string => url.replace(/^http:/, "https:");
  return {
    getCookieString: (url) => jar.getCookieString(secured(url)),
    setCookie: (cookie, url, options) => jar.setCookie(cookie, secured(url), options),
  };
}

/** Node's agents mix them in before they make a connection, but only for requests. */
function optionsOf(agent: Agent): object {
  return "options" in agent && typeof agent.options === "object" && agent.options !== null ? agent.options : {};
}

/** What the server answered instead of an upgrade is its refusal; anything else is the cause. */
function connectFailed(cause: unknown): ConnectionError {
  const below = cause instanceof WebSocketConnectionError ? cause.cause : undefined;
  if (below instanceof WebSocketBadStatusException) {
    if (below.code !== "wsframe/too-many-redirects") return refused({ status: below.statusCode, body: below.body, headers: below.headers }, cause);
    return new ConnectionError(below.message, { code: "engineio/too-many-redirects", httpStatus: below.statusCode, headers: below.headers, cause, retryable: false });
  }
  if (cause instanceof TypeError) return new ConnectionError(`Cannot connect: the request cannot be made, ${cause.message}`, { cause, retryable: false }); // a header that Node refuses
  const phase = cause instanceof WebSocketConnectionError ? cause.details["phase"] : undefined;
  const message = cause instanceof Error ? cause.message : "Cannot connect: the server could not be reached";
  return new ConnectionError(message, { cause, ...(phase === undefined ? {} : { details: { phase } }) });
}

function nothing(): void {
  // there is no page to watch
}
