/**
 * What the first answer of a session carries beside OPEN.
 *
 * Room: engineio node.
 */
import type { IncomingMessage } from "node:http";
import type { AnswerHeaders } from "./answer-headers.js";
import type { ServerContext } from "./context.js";
import { serializeCookie } from "./cookie.js";
import type { Refusal } from "./refusal.js";
import type { Ticket } from "./server-socket.js";

/**
 * Cookie, and what listeners add.
 * @returns why there will be no session after all: a listener may have closed the server. The ticket is given back then.
 * @throws what a function among the cookie's attributes throws; the ticket is given back, too.
 */
export function addInitialHeaders({ opts, events, sessions }: ServerContext, headers: AnswerHeaders, ticket: Ticket, request: IncomingMessage): Refusal | undefined {
  try {
    if (opts.cookie !== undefined) addCookie(headers, serializeCookie(opts.cookie, ticket.id, request));
  } catch (error) {
    sessions.admission.leave(ticket);
    throw error;
  }
  if (events.hasListeners("initial_headers")) events.emit("initial_headers", headers, request);
  if (events.hasListeners("headers")) events.emit("headers", headers, request);
  return sessions.admission.recheck(ticket);
}

/** Middlewares may have set cookies of their own, by whatever case of the name. */
function addCookie(headers: AnswerHeaders, cookie: string): void {
  const others = Object.keys(headers).filter((name) => name.toLowerCase() === "set-cookie");
  const values = others.flatMap((name) => headers[name] ?? []);
  for (const name of others) delete headers[name]; // eslint-disable-line @typescript-eslint/no-dynamic-delete -- a record of headers
  headers["Set-Cookie"] = values.length === 0 ? cookie : [...values, cookie];
}
