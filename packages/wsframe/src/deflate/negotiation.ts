/**
 * How two peers agree on permessage-deflate, RFC 7692 §5 and §7.1: four parameters, and every rule for them.
 *
 * Room: wsframe core.
 */
import { WebSocketProtocolException } from "@x/errors/wsframe";
import type { ExtensionEntry, ExtensionParameter } from "../extension.js";
import { DEFAULT_WINDOW_BITS, type DeflateSettings } from "./options.js";

export const NAME = "permessage-deflate";

/** One direction of a connection. */
export interface Direction {
  /** Base-2 logarithm of the window, 8–15. */
  readonly windowBits: number;
  /** Whether a message may refer back to those before it. */
  readonly keepsContext: boolean;
}

/** What was agreed, seen from one side. */
export interface Agreement {
  readonly sending: Direction;
  readonly receiving: Direction;
}

/** The parameters of one entry. `true`: client_max_window_bits without a value (§7.1.2.2). */
interface Parameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  readonly clientMaxWindowBits: number | true | undefined;
}

/** What a client offers. */
export function offerOf(settings: DeflateSettings): ExtensionEntry {
  return entry([
    settings.serverNoContextTakeover && ["server_no_context_takeover", undefined],
    settings.clientNoContextTakeover && ["client_no_context_takeover", undefined],
    settings.serverMaxWindowBits !== undefined && ["server_max_window_bits", String(settings.serverMaxWindowBits)],
    ["client_max_window_bits", settings.clientMaxWindowBits === undefined ? undefined : String(settings.clientMaxWindowBits)],
  ]);
}

/** A server's answer to one offer. @returns `undefined`: the offer is declined (§7.1, last paragraphs). */
export function acceptOffer(offer: ExtensionEntry, settings: DeflateSettings): { readonly answer: ExtensionEntry; readonly agreement: Agreement } | undefined {
  const offered = parse(offer.parameters);
  if (offered === undefined) return undefined;
  const ownLimit = settings.serverMaxWindowBits ?? DEFAULT_WINDOW_BITS;
  const serverBits = Math.min(offered.serverMaxWindowBits ?? 15, ownLimit);
  const clientLimit = settings.clientMaxWindowBits ?? DEFAULT_WINDOW_BITS;
  const clientBits = offered.clientMaxWindowBits === undefined ? 15 : Math.min(offered.clientMaxWindowBits === true ? 15 : offered.clientMaxWindowBits, clientLimit);
  const serverAlone = settings.serverNoContextTakeover || offered.serverNoContextTakeover;
  const clientAlone = settings.clientNoContextTakeover || offered.clientNoContextTakeover;
  const answer = entry([
    serverAlone && ["server_no_context_takeover", undefined],
    clientAlone && ["client_no_context_takeover", undefined],
    (offered.serverMaxWindowBits !== undefined || settings.serverMaxWindowBits !== undefined) && ["server_max_window_bits", String(serverBits)],
    offered.clientMaxWindowBits !== undefined && ["client_max_window_bits", String(clientBits)],
  ]);
  return {
    answer,
    agreement: {
      sending: { windowBits: serverBits, keepsContext: !serverAlone },
      receiving: { windowBits: clientBits, keepsContext: !clientAlone },
    },
  };
}

/** A client's view of the answer. @throws {WebSocketProtocolException} `wsframe/bad-handshake`: it is not one to our offer. */
export function agreeTo(answer: ExtensionEntry, settings: DeflateSettings): Agreement {
  const answered = parse(answer.parameters);
  if (answered === undefined) throw refuse("a parameter is unknown, repeated, or has an invalid value");
  const { serverMaxWindowBits: serverBits, clientMaxWindowBits: clientBits } = answered;
  if (settings.serverNoContextTakeover && !answered.serverNoContextTakeover) throw refuse("server_no_context_takeover is missing");
  if (settings.serverMaxWindowBits !== undefined && !(serverBits !== undefined && serverBits <= settings.serverMaxWindowBits)) throw refuse("server_max_window_bits is not what was asked for");
  if (clientBits === true || (clientBits ?? 0) > (settings.clientMaxWindowBits ?? 15)) throw refuse("client_max_window_bits is not what was offered");
  return {
    sending: {
      windowBits: Math.min(clientBits ?? 15, settings.clientMaxWindowBits ?? DEFAULT_WINDOW_BITS),
      keepsContext: !answered.clientNoContextTakeover && !settings.clientNoContextTakeover,
    },
    receiving: { windowBits: serverBits ?? 15, keepsContext: !answered.serverNoContextTakeover },
  };
}

/** @returns `undefined` for a parameter that §7.1 does not know, or knows with another kind of value, or that stands twice. */
function parse(parameters: readonly ExtensionParameter[]): Parameters | undefined {
  const named = new Map(parameters);
  if (named.size !== parameters.length) return undefined;
  for (const [name, value] of parameters) if (!isValid(name, value)) return undefined;
  const serverBits = named.get("server_max_window_bits");
  const clientBits = named.get("client_max_window_bits");
  return {
    serverNoContextTakeover: named.has("server_no_context_takeover"),
    clientNoContextTakeover: named.has("client_no_context_takeover"),
    serverMaxWindowBits: serverBits === undefined ? undefined : Number(serverBits),
    clientMaxWindowBits: named.has("client_max_window_bits") ? (clientBits === undefined ? true : Number(clientBits)) : undefined,
  };
}

/** 8 to 15 in decimal without leading zeros (§7.1.2). */
const windowBits = /^(?:[89]|1[0-5])$/;

function isValid(name: string, value: string | undefined): boolean {
  switch (name) {
    case "server_no_context_takeover": case "client_no_context_takeover": return value === undefined;
    case "server_max_window_bits": return value !== undefined && windowBits.test(value);
    case "client_max_window_bits": return value === undefined || windowBits.test(value);
    default: return false;
  }
}

function entry(parameters: readonly (ExtensionParameter | false)[]): ExtensionEntry {
  return { name: NAME, parameters: parameters.filter((parameter) => parameter !== false) };
}

function refuse(why: string): WebSocketProtocolException {
  return new WebSocketProtocolException(`Cannot open: server's answer to ${NAME} is invalid, ${why}`, { code: "wsframe/bad-handshake" });
}
