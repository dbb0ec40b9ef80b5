/**
 * Raw requests of Engine.IO clients, and servers to send them to.
 *
 * Room: tests.
 */
import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import { type Socket as TcpSocket, connect as connectTcp } from "node:net";
import { type WebSocketConnection, connect as connectWebSocket } from "@x/simple-ws/client";
import { type Listening, listen, settle } from "@x/testkit";
import { onTestFinished } from "vitest";
import { type ConnectionErrorEvent, Server, type ServerOptions, type Socket } from "../src/server.js";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** {@link body} as it came. */
  readonly bytes: Buffer;
}

/** A running server; ends with the test. */
export interface Fixture {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  readonly sockets: Socket[];
  readonly refusals: ConnectionErrorEvent[];
  readonly failures: unknown[];
  /** Resolves when the next HTTP request is there, and what it does at once is done: a poll waits. */
  readonly taken: () => Promise<void>;
}

export async function serve(options: ServerOptions = {}): Promise<Fixture> {
  const http = createServer((_request, response) => response.writeHead(404).end("other"));
  const failures: unknown[] = [];
  const server = new Server({ onError: (error) => failures.push(error), ...options }).attach(http);
  const sockets: Socket[] = [];
  const refusals: ConnectionErrorEvent[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  server.on("connection_error", (error) => refusals.push(error));
  const listening: Listening = await listen(http);
  onTestFinished(async () => {
    await server.close();
    await listening.close();
  });
  const taken = async (): Promise<void> => {
    await once(http, "request");
    await settle();
  };
  return { server, port: listening.port, url: listening.url, sockets, refusals, failures, taken };
}

interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** Send the body without Content-Length. */
  readonly chunks?: readonly string[];
}

/** One request on a connection of its own. */
export function send(url: string, { method = "GET", headers = {}, body, chunks }: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const sent = request(url, { method, headers: { ...length, ...headers }, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(parts), body: Buffer.concat(parts).toString() }));
    });
    sent.on("error", reject);
    for (const chunk of chunks ?? []) sent.write(chunk);
    sent.end(body);
  });
}

export const handshakeQuery = "/engine.io/?EIO=4&transport=polling";

/** Open a polling session. @returns the URL of its requests. */
export async function open(url: string): Promise<{ readonly sid: string; readonly url: string }> {
  const answer = await send(url + handshakeQuery);
  const { sid } = JSON.parse(answer.body.slice(1)) as { sid: string };
  return { sid, url: `${url}${handshakeQuery}&sid=${sid}` };
}

export const post = (url: string, body: string | Uint8Array, headers: Record<string, string> = { "Content-Type": "text/plain;charset=UTF-8" }): Promise<Answer> =>
  send(url, { method: "POST", body, headers });

/** A bare WebSocket. */
export function socket(url: string, headers: Record<string, string> = {}): Promise<WebSocketConnection> {
  return connectWebSocket(url.replace("http", "ws").replace("transport=polling", "transport=websocket"), { headers });
}

/** Everything that comes back for `text`, until the server hangs up or `enough` says so. */
export function raw(port: number, text: string, enough: (received: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const tcp: TcpSocket = connectTcp(port, "127.0.0.1", () => tcp.write(text));
    tcp.on("data", (data) => {
      received += data.toString("latin1");
      if (enough(received)) tcp.destroy();
    });
    tcp.on("error", () => undefined);
    tcp.on("close", () => resolve(received));
  });
}

/** The next `event` of `emitter`. */
export function next<Value>(subscribe: (listener: (value: Value) => void) => unknown): Promise<Value> {
  return new Promise((resolve) => subscribe(resolve));
}

/** A server that answers each polling request as the script says, in order, and then not at all. */
export async function scripted(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const http = createServer((request, response) => {
    requests.push(`${String(request.method)} ${String(request.url)}`);
    answers.shift()?.(request, response);
  });
  const listening = await listen(http);
  onTestFinished(() => listening.close());
  return { url: listening.url, requests };
}

/** An OPEN packet. */
export const openWire = (more: object = {}): string => `0${JSON.stringify({ sid: "s", upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, ...more })}`;
/** Answers with `body`. */
export const ok = (body: string) => (_request: IncomingMessage, response: ServerResponse): void => void response.end(body);
