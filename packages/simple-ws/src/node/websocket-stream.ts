/**
 * `WebSocketStream`: the class of https://github.com/whatwg/websockets/pull/48, as Chromium has it, on this package's client.
 *
 * Room: simple-ws node.
 */
import type { CloseInfo } from "../core/closing.js";
import { closedError } from "../core/closed-error.js";
import { endsQuietly } from "../core/closing.js";
import { parseWebSocketUrl } from "../core/url.js";
import { handled } from "../shell/deferred.js";
import type { WebSocketConnection } from "../shell/socket.js";
import { toWebStreams, type ConnectionStreams } from "./web-streams.js";
import type { ConnectOptions } from "./client-options.js";
import { connect } from "./client.js";

export interface WebSocketStreamOptions extends Omit<ConnectOptions, "subprotocols"> {
  /** Offered in this order. Default none. */
  readonly protocols?: readonly string[];
}

export interface WebSocketStreamOpened extends ConnectionStreams {
  readonly protocol: string;
  readonly extensions: string;
}

export interface WebSocketStreamCloseInfo {
  readonly closeCode: number;
  readonly reason: string;
}

export class WebSocketStream {
  /** Without credentials, which the server gets as HTTP Basic authorization. */
  readonly url: string;
  /** Rejects with what `connect` throws. */
  readonly opened: Promise<WebSocketStreamOpened>;
  /** Resolves after a clean close; rejects with ConnectionClosed after any other, and with what `connect` throws. */
  readonly closed: Promise<WebSocketStreamCloseInfo>;
  readonly #connecting: Promise<WebSocketConnection>;

  /** @throws {WebSocketAddressException} `wsframe/invalid-url`. */
  constructor(url: string | URL, { protocols = [], ...options }: WebSocketStreamOptions = {}) {
    this.url = parseWebSocketUrl(String(url)).href;
    this.#connecting = connect(url, { ...options, subprotocols: protocols });
    this.opened = handled(this.#connecting.then((connection) => ({ ...toWebStreams(connection), protocol: connection.protocol, extensions: connection.extensions })));
    this.closed = handled(this.#connecting.then(async (connection) => outcomeOf(await connection.closed)));
  }

  /** See `connection.close`. While it is still opening, it is closed as soon as it is open. */
  close({ closeCode = 1000, reason = "" }: Partial<WebSocketStreamCloseInfo> = {}): void {
    void handled(this.#connecting.then((connection) => connection.close(closeCode, reason)));
  }
}

function outcomeOf(info: CloseInfo): WebSocketStreamCloseInfo {
  if (info.wasClean || endsQuietly(info, false)) return { closeCode: info.code, reason: info.reason };
  throw closedError(info);
}
