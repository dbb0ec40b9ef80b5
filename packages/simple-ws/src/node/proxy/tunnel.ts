/**
 * A tunnel to the server through a proxy.
 *
 * Room: simple-ws node. The protocols are Node's (CONNECT) and the `socks` package's, which is loaded when it is needed first.
 */
import { lookup as lookupAddress } from "node:dns/promises";
import { request as requestPlain, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestSecure } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketException, WebSocketProxyException, type ProxyStage } from "@x/errors/wsframe";
import type { WebSocketUrl } from "../../core/url.js";
import type { Attempt } from "../attempt.js";
import type { ConnectSettings } from "../client-options.js";
import { systemFailure } from "../failures.js";
import { connectStream } from "../tcp.js";
import type { Proxy } from "./proxy-url.js";

/** Rejects with a {@link WebSocketProxyException}, unless the attempt is given up. */
export async function openTunnel(proxy: Proxy, url: WebSocketUrl, settings: ConnectSettings, attempt: Attempt): Promise<Duplex> {
  switch (proxy.kind) {
    case "http": case "https": return await openHttpTunnel(proxy, url, settings, attempt);
    case "socks4": case "socks4a": case "socks5": case "socks5h": return await openSocksTunnel(proxy, url, settings, attempt);
  }
}

function openHttpTunnel(proxy: Proxy, url: WebSocketUrl, settings: ConnectSettings, attempt: Attempt): Promise<Duplex> {
  const request = (proxy.kind === "https" ? requestSecure : requestPlain)(connectRequest(proxy, url, settings));
  let stage: ProxyStage = "connect";
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      attempt.signal.removeEventListener("abort", onAbort);
      request.on("error", ignore).destroy();
      reject(error instanceof WebSocketException ? error : proxyFailure(error, stage, proxy));
    };
    const onAbort = (): void => fail(attempt.signal.reason);
    attempt.signal.addEventListener("abort", onAbort, { once: true });
    request.on("socket", (socket) => socket.once(proxy.kind === "https" ? "secureConnect" : "connect", () => (stage = "tunnel")));
    request.on("error", fail);
    request.on("connect", (response, stream, head) => {
      attempt.signal.removeEventListener("abort", onAbort);
      const refusal = refusalOf(response);
      if (refusal === undefined) {
        if (head.length > 0) stream.unshift(head);
        resolve(stream.off("error", fail));
      } else {
        stream.on("error", ignore).destroy();
        reject(refusal);
      }
    });
    if (attempt.signal.aborted) onAbort();
    else request.end();
  });
}

function connectRequest(proxy: Proxy, url: WebSocketUrl, { network, proxyHeaders, proxyTls, limits }: ConnectSettings): RequestOptions {
  const target = `${isIP(url.hostname) === 6 ? `[${url.hostname}]` : url.hostname}:${url.port}`;
  const authorization = proxy.username === "" && proxy.password === "" ? {} : { "Proxy-Authorization": `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString("base64")}` };
  return {
    ...network,
    ...(proxy.kind === "https" ? proxyTls : {}),
    method: "CONNECT",
    host: proxy.hostname,
    port: proxy.port,
    path: target,
    headers: { Host: target, ...authorization, ...proxyHeaders },
    agent: false,
    maxHeaderSize: limits.maxHeaderBytes,
  };
}

function refusalOf({ statusCode = 0, headers }: IncomingMessage): WebSocketProxyException | undefined {
  if (statusCode >= 200 && statusCode < 300) return undefined;
  const isAuth = statusCode === 407;
  const challenge = headers["proxy-authenticate"];
  return new WebSocketProxyException(
    isAuth ? `Cannot open: proxy wants credentials${challenge === undefined ? "" : ` (${challenge.split(" ", 1)[0]?.slice(0, 40) ?? ""})`}, must be given in its URL` : `Cannot open: proxy answered ${statusCode}, must answer 200`,
    { code: isAuth ? "wsframe/proxy-auth-required" : "wsframe/proxy-refused", stage: isAuth ? "auth" : "tunnel", statusCode, headers, retryable: statusCode >= 500 },
  );
}

async function openSocksTunnel(proxy: Proxy, url: WebSocketUrl, settings: ConnectSettings, attempt: Attempt): Promise<Duplex> {
  const { SocksClient } = await import("socks");
  const socket = await connectStream({ ...settings.network, host: proxy.hostname, port: proxy.port, noDelay: true }, attempt)
    .catch((error: unknown) => { throw proxyFailure(error, "connect", proxy); });
  const onAbort = (): void => void socket.destroy();
  attempt.signal.addEventListener("abort", onAbort, { once: true });
  socket.on("error", ignore); // the client below tells
  if (attempt.signal.aborted) onAbort();
  try {
    const host = proxy.kind === "socks4" || proxy.kind === "socks5" ? await attempt.race(resolveHere(url.hostname, proxy)) : url.hostname;
    await SocksClient.createConnection({
      command: "connect",
      destination: { host, port: url.port },
      existing_socket: socket,
      proxy: { host: proxy.hostname, port: proxy.port, type: proxy.kind.startsWith("socks4") ? 4 : 5, ...(proxy.username === "" ? {} : { userId: proxy.username, password: proxy.password }) },
    });
    return socket.off("error", ignore);
  } catch (error) {
    socket.destroy();
    throw error instanceof WebSocketException ? error : socksFailure(error, proxy);
  } finally {
    attempt.signal.removeEventListener("abort", onAbort);
  }
}

/** Through SOCKS 4 only an IPv4 address can be asked for. */
async function resolveHere(hostname: string, { kind }: Proxy): Promise<string> {
  if (isIP(hostname) !== 0) return hostname;
  try {
    return (await lookupAddress(hostname, { family: kind === "socks4" ? 4 : 0 })).address;
  } catch (error) {
    throw systemFailure(error, "dns", hostname);
  }
}

function socksFailure(error: unknown, proxy: Proxy): WebSocketProxyException {
  const text = error instanceof Error ? error.message : "";
  const isAuth = /authentication|login|credentials|auth types/i.test(text);
  const isRefusal = /rejected|not allowed|failed|unreachable/i.test(text);
  if (!isAuth && !isRefusal) return proxyFailure(error, "tunnel", proxy);
  return new WebSocketProxyException(isAuth ? "Cannot open: proxy wants other credentials, must be given in its URL" : "Cannot open: proxy refused to connect to the server", {
    code: isAuth ? "wsframe/proxy-auth-required" : "wsframe/proxy-refused", stage: isAuth ? "auth" : "tunnel", cause: error, retryable: !isAuth,
  });
}

function proxyFailure(error: unknown, stage: ProxyStage, { hostname }: Proxy): WebSocketProxyException {
  const cause = systemFailure(error, "connect", hostname);
  return new WebSocketProxyException(`Cannot open: proxy failed, ${cause.message}`, { code: "wsframe/proxy-failed", stage: cause.code === "wsframe/address-unresolved" ? "resolve" : stage, cause });
}

function ignore(): void {
  // the outcome is known
}
