/**
 * What permessage-deflate may be told, parsed once.
 *
 * Room: wsframe core.
 */
import { argumentFault } from "../faults.js";

/** Options of permessage-deflate (RFC 7692), the same for client and server. */
export interface PerMessageDeflateOptions {
  /** Messages below this many bytes are sent as they are. Default 1 024. */
  readonly thresholdBytes?: number;
  /** The server compresses each message alone: less memory, larger messages. Default false; a client asks for it, a server says so. */
  readonly serverNoContextTakeover?: boolean;
  /** The client compresses each message alone. Default false; a server demands it, a client says so. */
  readonly clientNoContextTakeover?: boolean;
  /** Base-2 logarithm of the server's window, 8–15. Default: a server uses 12, a client asks for nothing. */
  readonly serverMaxWindowBits?: number;
  /** Base-2 logarithm of the client's window, 8–15. Default: a client uses 12, a server asks for 12 where the client lets it. */
  readonly clientMaxWindowBits?: number;
  /** 0 (stored) to 9 (smallest), -1 for the implementation's choice. Default 6. */
  readonly level?: number;
  /** Memory of the compressor while it runs, 1–9. Default: what suits the window, 5 for 12 bits. */
  readonly memLevel?: number;
}

/** {@link PerMessageDeflateOptions} as far as they are the same for everybody. */
export interface DeflateSettings {
  readonly thresholdBytes: number;
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  readonly clientMaxWindowBits: number | undefined;
  readonly level: number;
  readonly memLevel: number | undefined;
}

/** Window of what we send, and of what we let a client send, unless told otherwise: 4 KiB. */
export const DEFAULT_WINDOW_BITS = 12;

/** @throws {WebSocketException} `wsframe/invalid-option`, naming the option. */
export function parseDeflateOptions(options: PerMessageDeflateOptions): DeflateSettings {
  const { thresholdBytes = 1_024, level = 6, memLevel, serverMaxWindowBits, clientMaxWindowBits } = options;
  check("thresholdBytes", thresholdBytes, 0, Infinity);
  check("level", level, -1, 9);
  check("memLevel", memLevel, 1, 9);
  check("serverMaxWindowBits", serverMaxWindowBits, 8, 15);
  check("clientMaxWindowBits", clientMaxWindowBits, 8, 15);
  return {
    thresholdBytes,
    serverNoContextTakeover: options.serverNoContextTakeover ?? false,
    clientNoContextTakeover: options.clientNoContextTakeover ?? false,
    serverMaxWindowBits,
    clientMaxWindowBits,
    level,
    memLevel,
  };
}

function check(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most) || (value === Infinity && most === Infinity)) return;
  throw argumentFault("wsframe/invalid-option", `Cannot use perMessageDeflate.${name}: it is ${String(value).slice(0, 40)}, must be a whole number from ${least} to ${most}`);
}
