/**
 * TCP and TLS connections of clients, not yet connected, and how their bytes arrive.
 *
 * Room: simple-ws node. Plain TCP reads into one buffer of the process (`onread`): nothing is allocated per read, and whoever
 * gets a chunk is done with it on return. Not on Windows, where the system fills buffers ahead of time.
 */
import { Buffer } from "node:buffer";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { platform } from "node:process";
import { connect as connectTls } from "node:tls";
import type { WebSocketUrl } from "../core/url.js";
import type { ConnectSettings } from "./client-options.js";

export interface Link {
  readonly socket: Socket;
  /** Chunks come through {@link onChunk} rather than `data` events. */
  readonly isFed: boolean;
  /** Set before bytes arrive; may be changed. */
  onChunk: (chunk: Uint8Array) => void;
}

const READ_BYTES = 65_536;
let readBuffer: Buffer | undefined;

export function openLink(url: WebSocketUrl, settings: ConnectSettings): Link {
  return url.isSecure ? openTls(url, settings) : openTcp(url, settings);
}

function openTcp(url: WebSocketUrl, settings: ConnectSettings): Link {
  const target = { host: url.hostname, port: url.port, noDelay: true, ...(settings.lookup === undefined ? {} : { lookup: settings.lookup }) };
  if (platform === "win32") return { socket: connectTcp(target), isFed: false, onChunk: ignore };
  const feed: Pick<Link, "onChunk"> = { onChunk: ignore };
  const buffer = (readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES));
  const callback = (bytes: number): boolean => {
    feed.onChunk(buffer.subarray(0, bytes));
    return true;
  };
  return Object.assign(feed, { socket: connectTcp({ ...target, onread: { buffer, callback } }), isFed: true });
}

function openTls(url: WebSocketUrl, settings: ConnectSettings): Link {
  const socket = connectTls({
    ALPNProtocols: ["http/1.1"],
    ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
    ...(settings.lookup === undefined ? {} : { lookup: settings.lookup }),
    ...settings.tls,
    host: url.hostname,
    port: url.port,
  });
  socket.setNoDelay(true);
  return { socket, isFed: false, onChunk: ignore };
}

function ignore(): void {
  // nobody listens yet
}
