/**
 * Transports of the caller's: whatever carries packets whole and in order can be one.
 *
 * Room: engineio shell. An entry of its own in `transports`; a page pays for this file only when it uses it.
 */
import { PacketStreamCarrier, type PacketStream } from "./packet-stream.js";
import type { ClientTransport, RequestSettings } from "./ports.js";

/** What opening a {@link PacketStream} may use. */
export interface StreamSettings extends RequestSettings {
  /** Gives up the stream while it opens. */
  readonly signal: AbortSignal;
}

/**
 * @param name as the server names it in `upgrades` and in the parameter `transport`.
 * @param open opens a stream to `url`, which is `http:` or `https:` (`ws:` or `wss:` where the name is `websocket`) with all parameters;
 *   rejects when it cannot.
 * @returns an element for the option `transports`.
 */
export function streamTransport(name: string, open: (url: string, settings: StreamSettings) => Promise<PacketStream>): ClientTransport {
  return {
    name,
    open: async (session, url, settings, signal) => new PacketStreamCarrier(session, await open(url, { ...settings, signal }), settings.maxMessageBytes),
  };
}
