/**
 * Close codes, RFC 6455 §7.4 and the IANA registry it founds.
 *
 * Room: wsframe core. A table and four questions asked of it; nothing here sends or receives.
 */

/** Close codes by name. Applications choose their own from 4000–4999; 3000–3999 are registered with IANA. */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  noStatus: 1005,
  abnormal: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  missingExtension: 1010,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  badGateway: 1014,
  tlsHandshake: 1015,
} as const;
/** A close code that has a name in {@link CloseCode}. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * What kind of end a code stands for: `normal` (1000, 1001, 1005), `protocol` (the peers did not understand each other:
 * 1002, 1003, 1007, 1010, 1015), `policy` (refused on purpose: 1008, 1009, 4401, 4403), `network` (1006), `server`
 * (1011–1014), `library` (3000–3999), `application` (4000–4999) and `invalid` for everything that no endpoint may use.
 */
export type CloseCategory = "normal" | "protocol" | "policy" | "network" | "server" | "library" | "application" | "invalid";

interface Entry {
  readonly category: CloseCategory;
  readonly shouldReconnect: boolean;
  readonly description: string;
}

const table: ReadonlyMap<number, Entry> = new Map<number, Entry>([
  [1000, entry("normal", false, "Normal closure: the purpose of the connection is fulfilled")],
  [1001, entry("normal", true, "Going away: a server goes down or a page is left")],
  [1002, entry("protocol", false, "Protocol error: a frame broke the rules of RFC 6455")],
  [1003, entry("protocol", false, "Unsupported data: the endpoint cannot take this type of message")],
  [1005, entry("normal", false, "No status: the Close frame carried no code")],
  [1006, entry("network", true, "Abnormal closure: the connection was lost without a Close frame")],
  [1007, entry("protocol", false, "Invalid payload: the data do not fit the type of the message, such as text that is not UTF-8")],
  [1008, entry("policy", false, "Policy violation: the message or the peer is not allowed")],
  [1009, entry("policy", false, "Message too big: the message exceeds what the endpoint accepts")],
  [1010, entry("protocol", false, "Missing extension: the client needs an extension that the server did not offer")],
  [1011, entry("server", true, "Internal error: the server met a condition it did not expect")],
  [1012, entry("server", true, "Service restart: the server is restarting")],
  [1013, entry("server", true, "Try again later: the server is overloaded")],
  [1014, entry("server", true, "Bad gateway: a gateway got an invalid answer from the server behind it")],
  [1015, entry("protocol", false, "TLS handshake: the TLS handshake failed")],
  [4401, entry("policy", false, "Unauthorized: the application wants other credentials")],
  [4403, entry("policy", false, "Forbidden: the application refuses these credentials")],
]);

/** @returns one sentence about the code, without a final stop; never throws, whatever the number. */
export function describeCloseCode(code: number): string {
  const known = table.get(code);
  if (known !== undefined) return known.description;
  switch (closeCategory(code)) {
    case "library": return `Registered code ${code}: defined by a library or framework`;
    case "application": return `Application code ${code}: defined by the application`;
    default: return `Invalid code ${code}: not defined by RFC 6455`;
  }
}

/** @returns the group the code belongs to; see {@link CloseCategory}. */
export function closeCategory(code: number): CloseCategory {
  const known = table.get(code);
  if (known !== undefined) return known.category;
  if (!Number.isInteger(code)) return "invalid";
  if (code >= 3000 && code <= 3999) return "library";
  if (code >= 4000 && code <= 4999) return "application";
  return "invalid";
}

/**
 * Whether a client that lost its connection with this code does well to connect again.
 *
 * @returns `true` for 1001, 1006 and 1011–1014. `false` for an end on purpose (1000, 1005), for faults that a second
 *   attempt would repeat (1002, 1003, 1007–1010, 1015, 4401, 4403) and for codes whose meaning only the application knows.
 */
export function shouldReconnect(code: number): boolean {
  return table.get(code)?.shouldReconnect ?? false;
}

/**
 * Whether the code may stand in a Close frame (§7.4.1, §7.4.2), be it sent or received.
 *
 * @returns `true` for 1000–1003, 1007–1014 and 3000–4999. 1005, 1006 and 1015 only ever describe an end locally.
 */
export function isSendableCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

function entry(category: CloseCategory, shouldReconnect: boolean, description: string): Entry {
  return { category, shouldReconnect, description };
}
