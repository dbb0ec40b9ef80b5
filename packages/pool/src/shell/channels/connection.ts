/**
 * One line of a channel pool: a resilient socket, and the requests that travel on it. Room: pool shell.
 */
import { ConnectionClosedError, JetSocketError } from "@x/errors/pool";
import type { Line, Seat } from "../../core/channels/channel.js";
import type { RequestKind, Sent } from "../../core/channels/requests.js";
import { endedError, endsQuietly } from "../../core/resilient/link-end.js";
import type { Ending } from "../../core/resilient/lifecycle.js";
import { ResilientSocket } from "../resilient/socket.js";
import type { ResilientOptions, UrlSource } from "../resilient/options.js";
import type { SocketStats } from "../resilient/stats.js";
import type { Acknowledged } from "./acknowledged.js";
import type { ChannelStart, RequestMessage } from "./options.js";

/** What happens on a connection. */
export interface ConnectionHost<In> {
  onOpened(line: Line<In>, url: string): void;
  onRenewed(line: Line<In>): void;
  onDropped(line: Line<In>, end: { readonly code: number; readonly reason: string }): void;
  onMessage(line: Line<In>, data: In | Acknowledged, bytes: number): void;
  onError(line: Line<In>, error: Error, isFatal: boolean): void;
  /** Once, last. */
  onGone(line: Line<In>, ending: Ending): void;
}

export class Connection<In, Out> {
  readonly line: Line<In>;
  readonly #socket: ResilientSocket<In | Acknowledged, Out>;
  #isPaused = false;

  constructor(line: Line<In>, url: UrlSource, options: ResilientOptions<In | Acknowledged, Out>, host: ConnectionHost<In>) {
    this.line = line;
    this.#socket = new ResilientSocket(url, options);
    this.#socket.on("connected", ({ url: opened }) => host.onOpened(line, opened));
    this.#socket.on("renewed", () => host.onRenewed(line));
    this.#socket.on("disconnected", (end) => host.onDropped(line, end));
    this.#socket.on("message", ({ data, raw }) => host.onMessage(line, data, raw.length));
    this.#socket.on("error", ({ error, fatal }) => host.onError(line, error, fatal));
    this.#socket.run().then(
      (end) => host.onGone(line, { error: endedError(end), isQuiet: endsQuietly(end) }),
      (error: unknown) => host.onGone(line, { error: asError(error), isQuiet: false }),
    );
  }

  get url(): string | undefined {
    return this.#socket.url;
  }

  stats(): SocketStats {
    return this.#socket.stats();
  }

  /** Tells the server. The application's function runs here. */
  request(message: RequestMessage<Out> | undefined, kind: RequestKind, id: number, seats: readonly Seat<In>[]): Sent {
    const channels = seats.map(startOf);
    const [first] = channels;
    if (message === undefined || first === undefined) return "silent";
    try {
      const data = message({ ...first, id, kind, channels });
      if (data === undefined) return "silent";
      void this.#socket.send(data); // its end is told by the connection
      return "sent";
    } catch (error) {
      return error instanceof ConnectionClosedError ? "lost" : asError(error);
    }
  }

  setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#socket.pause();
    else this.#socket.resume();
  }

  close(): void {
    void this.#socket.close();
  }
}

function startOf<In>({ channel: { name, after, positions } }: Seat<In>): ChannelStart {
  return { channel: name, after, positions };
}

function asError(error: unknown): JetSocketError {
  return error instanceof JetSocketError ? error : new JetSocketError("Cannot go on: a function of the application failed", { cause: error });
}
