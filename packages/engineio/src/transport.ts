/** `@x/engineio/transport`: transports of your own for clients, on every platform. Room: entry. */
export { streamTransport, type StreamSettings } from "./shell/stream-transport.js";
export type { PacketListener, PacketStream } from "./shell/packet-stream.js";
export type { ClientTransport } from "./shell/ports.js";
