/**
 * What a client sent when it connected: headers, query, and the payload of its CONNECT packet.
 *
 * Room: socketio shell. Names as in socket.io.
 */
import type { Untyped } from "../../core/event-types.js";
import type { EngineConnection, Request } from "./ports.js";

export interface Handshake {
  readonly headers: Request["headers"];
  /** When, as `Date#toString` writes it. */
  readonly time: string;
  /** When, in milliseconds since 1970. */
  readonly issued: number;
  readonly address: string;
  /** Whether the request names an Origin. */
  readonly xdomain: boolean;
  /** Whether the connection is encrypted (to this process: see the proxy's headers for more). */
  readonly secure: boolean;
  readonly url: string;
  /** Without prototype, so that no key means more than it says. */
  readonly query: Record<string, string | string[] | undefined>;
  /** The client's `auth`: whatever it wrote. Validate it. */
  auth: Record<string, Untyped>;
}

export function readHandshake({ requestHead, remoteAddress }: EngineConnection, auth: Record<string, unknown>, issued: number): Handshake {
  const { headers, url = "/", socket } = requestHead;
  return {
    headers,
    time: new Date(issued).toString(),
    issued,
    address: remoteAddress ?? "",
    xdomain: headers.origin !== undefined,
    secure: "encrypted" in socket && socket.encrypted === true,
    url,
    query: readQuery(url),
    auth,
  };
}

function readQuery(url: string): Handshake["query"] {
  const query = Object.create(null) as Record<string, string | string[] | undefined>;
  const mark = url.indexOf("?");
  for (const [key, value] of new URLSearchParams(mark === -1 ? "" : url.slice(mark))) {
    const before = query[key];
    query[key] = before === undefined ? value : [...(typeof before === "string" ? [before] : before), value];
  }
  return query;
}
