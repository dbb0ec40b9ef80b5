/**
 * @x/simple-ws/streams: connections as streams. Re-exports only.
 *
 * Room: entry.
 */
export { toWebStreams, type ConnectionStreams } from "./node/web-streams.js";
export { toDuplex } from "./node/duplex-stream.js";
