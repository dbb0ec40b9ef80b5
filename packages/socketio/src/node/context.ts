/**
 * What a server on Node gives to its parts: clock, ids, Buffers, wire forms, and the hook for failures.
 *
 * Room: socketio node.
 */
import { prepareMessage, type PreparedPacket, randomIds } from "@x/engineio/server";
import { backgroundClock, type Clock, Sweep } from "@x/errors/clock";
import { contained } from "@x/errors/handlers";
import type { EncodedPacket } from "../core/packet.js";
import { readCodec } from "../core/parser.js";
import { greeter } from "../shell/server/greeting.js";
import type { ServerSettings, SocketServerOptions } from "../shell/server/options.js";
import { readRates } from "../shell/server/rates.js";
import type { ServerContext } from "../shell/server/ports.js";

export function createContext(settings: ServerSettings, options: SocketServerOptions & { readonly clock?: Clock | undefined }): ServerContext {
  const clock = options.clock ?? backgroundClock;
  const report = contained(options.onError);
  const encoder = readCodec(options);
  return {
    settings,
    clock,
    sweep: new Sweep(clock),
    encoder,
    greet: options.parser === undefined ? greeter(encoder) : (answer) => encoder.encode(answer),
    connections: { codec: encoder, limits: settings, adopt: toBuffer, maxNamespaces: settings.maxNamespacesPerConnection },
    generateId: randomIds(),
    report,
    rates: readRates(options, (text) => Buffer.byteLength(text)),
    reportPeer: options.onError === undefined ? () => undefined : report,
    prepare: wireForms(),
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Remembers the last packets: the members of a broadcast ask for the same, one after the other, and to have them sent alike. */
function wireForms(): ServerContext["prepare"] {
  let last: EncodedPacket | undefined;
  let lastCompress: boolean | undefined;
  let prepared: readonly PreparedPacket[] = [];
  return (packets, options) => {
    if (packets !== last || options.compress !== lastCompress) {
      last = packets;
      lastCompress = options.compress;
      prepared = packets.map((message) => prepareMessage(message, options));
    }
    return prepared;
  };
}
