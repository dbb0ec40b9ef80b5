/** Proxies as small as the tests need them: CONNECT by node:http, SOCKS 4, 4a and 5 by hand. */
import { createServer as createHttp, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { listen, type Listening } from "@x/testkit";

export interface TestProxy {
  readonly port: number;
  /** What was asked for: `host:port`, one per tunnel. */
  readonly targets: string[];
  close(): Promise<void>;
}

export interface HttpProxyOptions {
  /** `user:password`; others get 407. */
  readonly credentials?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Answers instead of tunnelling. */
  readonly answer?: (request: IncomingMessage, socket: Duplex) => void;
}

export async function httpProxy(options: HttpProxyOptions = {}): Promise<TestProxy> {
  const targets: string[] = [];
  const server = options.tls === undefined ? createHttp() : createHttps(options.tls);
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => socket.destroy());
    if (options.answer !== undefined) {
      options.answer(request, socket);
      return;
    }
    const expected = options.credentials === undefined ? undefined : `Basic ${Buffer.from(options.credentials).toString("base64")}`;
    if (request.headers["proxy-authorization"] !== expected) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    targets.push(request.url ?? "");
    const { hostname, port } = new URL(`http://${request.url ?? ""}`);
    tunnel(socket, hostname.replace(/^\[|\]$/g, ""), Number(port), () => socket.write("HTTP/1.1 200 Connection established\r\n\r\n"), () => socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
  });
  return running(server, targets);
}

/** @param credentials `user:password`, for SOCKS 5; for SOCKS 4 only the user counts. */
export async function socksProxy(credentials?: string): Promise<TestProxy> {
  const targets: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (first) => (first[0] === 4 ? serve4(socket, first, targets, credentials) : greet5(socket, first, targets, credentials)));
  });
  return running(server, targets);
}

/** SOCKS 4 and 4a: one message says it all. */
function serve4(socket: Socket, request: Buffer, targets: string[], credentials: string | undefined): void {
  const port = request.readUInt16BE(2);
  const [user = "", name = ""] = request.subarray(8).toString("latin1").split("\0");
  const isNamed = request.readUInt32BE(4) > 0 && request.readUInt32BE(4) < 256;
  const host = isNamed ? name : [...request.subarray(4, 8)].join(".");
  const answer = (code: number): void => void socket.write(Buffer.of(0, code, 0, 0, 0, 0, 0, 0));
  if (credentials !== undefined && user !== credentials.split(":", 1)[0]) {
    answer(0x5d);
    return;
  }
  targets.push(`${isNamed ? "name " : ""}${host}:${port}`);
  tunnel(socket, host, port, () => answer(0x5a), () => answer(0x5b));
}

function greet5(socket: Socket, greeting: Buffer, targets: string[], credentials: string | undefined): void {
  const wanted = credentials === undefined ? 0 : 2;
  if (!greeting.subarray(2).includes(wanted)) {
    socket.end(Buffer.of(5, 0xff));
    return;
  }
  socket.write(Buffer.of(5, wanted));
  socket.once("data", (next) => {
    if (credentials === undefined) {
      serve5(socket, next, targets);
      return;
    }
    const userLength = next[1] ?? 0;
    const given = `${next.subarray(2, 2 + userLength).toString()}:${next.subarray(3 + userLength).toString()}`;
    socket.write(Buffer.of(1, given === credentials ? 0 : 1));
    if (given === credentials) socket.once("data", (request) => serve5(socket, request, targets));
    else socket.end();
  });
}

function serve5(socket: Socket, request: Buffer, targets: string[]): void {
  const type = request[3] ?? 0;
  const end = type === 3 ? 5 + (request[4] ?? 0) : type === 1 ? 8 : 20;
  const host = type === 3 ? request.subarray(5, end).toString() : type === 1 ? [...request.subarray(4, 8)].join(".") : "::1";
  const port = request.readUInt16BE(end);
  targets.push(`${type === 3 ? "name " : ""}${host}:${port}`);
  const answer = (code: number): void => void socket.write(Buffer.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0));
  tunnel(socket, host, port, () => answer(0), () => answer(5));
}

function tunnel(socket: Duplex, host: string, port: number, onOpen: () => void, onFail: () => void): void {
  const upstream = connect(port, host === "named.test" ? "127.0.0.1" : host, () => {
    onOpen();
    socket.pipe(upstream).pipe(socket);
  });
  upstream.on("error", () => (upstream.connecting || upstream.bytesRead === 0 ? onFail() : socket.destroy()));
  socket.on("close", () => upstream.destroy());
}

async function running(server: Server | HttpServer, targets: string[]): Promise<TestProxy> {
  const listening: Listening = await listen(server);
  return { port: listening.port, targets, close: () => listening.close() };
}
