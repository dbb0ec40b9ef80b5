/**
 * The byte link under an opening handshake: TCP, a Unix socket, a tunnel through a proxy, or what the caller brings; TLS above it.
 *
 * Room: simple-ws node. Plain TCP reads into one buffer of the process (`onread`): nothing is allocated per read, and whoever
 * gets a chunk is done with it on return. Not on Windows, where the system fills buffers ahead of time.
 */
import { Buffer } from "node:buffer";
import { Socket, type NetConnectOpts } from "node:net";
import { platform } from "node:process";
import type { Duplex } from "node:stream";
import type { WebSocketUrl } from "../core/url.js";
import type { Attempt } from "./attempt.js";
import type { ConnectSettings } from "./client-options.js";
import { openTunnel } from "./proxy/tunnel.js";
import { connectStream } from "./tcp.js";
import { secure } from "./tls.js";

export interface Link {
  readonly stream: Duplex;
  /** Chunks come through {@link onChunk} rather than `data` events. */
  readonly isFed: boolean;
  /** Set before bytes arrive; may be changed. */
  onChunk: (chunk: Uint8Array) => void;
}

const READ_BYTES = 65_536;
let readBuffer: Buffer | undefined;

/** @param mayFeed whether the caller reads through {@link Link.onChunk}. @returns a link on which the request can be written. Rejects with whatever went wrong; {@link Attempt.failure} says what that means. */
export async function openLink(url: WebSocketUrl, settings: ConnectSettings, attempt: Attempt, mayFeed = true): Promise<Link> {
  const link = await openPlain(url, settings, attempt, mayFeed && !url.isSecure);
  if (!url.isSecure) return link;
  attempt.phase = "tls";
  return unfed(await secure(link.stream, url.hostname, settings.tls, attempt));
}

async function openPlain(url: WebSocketUrl, settings: ConnectSettings, attempt: Attempt, mayFeed: boolean): Promise<Link> {
  if (settings.socket !== undefined) return unfed(await given(settings.socket(url), attempt));
  const proxy = settings.socketPath === undefined ? settings.proxyFor(url) : undefined;
  if (proxy !== undefined) {
    attempt.phase = "proxy";
    return unfed(await openTunnel(proxy, url, settings, attempt));
  }
  const target = settings.socketPath === undefined ? { host: url.hostname, port: url.port, noDelay: true, ...settings.network } : { path: settings.socketPath };
  return mayFeed && platform !== "win32" ? await connectFed(target, attempt) : unfed(await connectStream(target, attempt));
}

async function given(stream: Duplex | Promise<Duplex>, attempt: Attempt): Promise<Duplex> {
  attempt.phase = "connect";
  const ready = await attempt.race(stream, (late) => late.on("error", ignore).destroy());
  if (ready instanceof Socket && ready.connecting) await attempt.until(ready, "connect");
  return ready;
}

/** TCP whose chunks do not cost memory; under TLS they go another way. */
async function connectFed(target: NetConnectOpts, attempt: Attempt): Promise<Link> {
  const feed: Pick<Link, "onChunk"> = { onChunk: ignore };
  const buffer = (readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES));
  const callback = (bytes: number): boolean => {
    feed.onChunk(buffer.subarray(0, bytes));
    return true;
  };
  return Object.assign(feed, { stream: await connectStream({ ...target, onread: { buffer, callback } }, attempt), isFed: true });
}

function unfed(stream: Duplex): Link {
  return { stream, isFed: false, onChunk: ignore };
}

function ignore(): void {
  // nobody listens yet
}
