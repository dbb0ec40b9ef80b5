/**
 * Is this request one that Engine.IO can serve? Everything that can be judged before anything is allocated.
 *
 * Room: engineio node. Protocol document §"Protocol"; the order of the checks and the codes are the peers'.
 */
import type { IncomingMessage } from "node:http";
import { isThenable } from "@x/errors/handlers";
import { type TransportName, protocol } from "../core/packet.js";
import { isJsonpIndex } from "./jsonp.js";
import type { ParsedServerOptions } from "./parse-options.js";
import { type ProtocolQuery, parseProtocolQuery } from "./query.js";
import { type Refusal, errorCodes, refusal, refusalFor } from "./refusal.js";
import type { AllowRequest } from "./server-options.js";
import type { Socket, SocketsById } from "./server-socket.js";

/** What a good request wants; `jsonpIndex` where it wants a script for an answer. */
export type Intent =
  | { readonly kind: "handshake"; readonly transport: TransportName; readonly jsonpIndex: string | undefined }
  | { readonly kind: "session"; readonly socket: Socket; readonly jsonpIndex: string | undefined };

/** @returns what the request wants, or why it gets nothing. */
export function readIntent(request: IncomingMessage, isUpgrade: boolean, options: ParsedServerOptions, sockets: SocketsById): Intent | Refusal {
  const query = parseProtocolQuery(request.url);
  const transport = options.transports.find((name) => name === query.transport);
  if (transport === undefined) return refusal(errorCodes.unknownTransport, { transport: query.transport });
  const { sid, j: jsonpIndex } = query;
  if (jsonpIndex !== undefined && !options.jsonp) return refusal(errorCodes.badRequest, { name: "JSONP_UNSUPPORTED" });
  if (jsonpIndex !== undefined && !isJsonpIndex(jsonpIndex)) return refusal(errorCodes.badRequest, { name: "JSONP_INDEX" });
  if (sid !== undefined) return readSession(sid, transport, isUpgrade, request, query, sockets);
  if (request.method !== "GET") return refusal(errorCodes.badHandshakeMethod, { method: request.method });
  if ((transport === "websocket") !== isUpgrade) return refusal(errorCodes.badRequest, { name: "TRANSPORT_HANDSHAKE_ERROR" });
  if (!isOurVersion(query)) return refusal(errorCodes.unsupportedVersion, { protocol: query.EIO });
  return { kind: "handshake", transport, jsonpIndex };
}

/** Is this an {@link Intent}'s opposite? */
export function isRefusal(value: object): value is Refusal {
  return "code" in value;
}

/** @returns why `allow` refuses the request, or `undefined` when it does not. */
export function askAllowRequest(allow: AllowRequest, request: IncomingMessage): Promise<Refusal | undefined> {
  return new Promise((resolve) => {
    const refuse = (error: unknown): void => resolve(refusalFor(error));
    try {
      const returned = allow(request, (error, isAllowed) => {
        if (typeof error === "string") resolve(refusal(errorCodes.forbidden, { message: error }, { message: error }));
        else resolve(isAllowed ? undefined : refusal(errorCodes.forbidden));
      });
      if (isThenable(returned)) returned.then((isAllowed) => settle(isAllowed, resolve), refuse);
      else settle(returned, resolve);
    } catch (error) {
      refuse(error);
    }
  });
}

function settle(isAllowed: unknown, resolve: (reason: Refusal | undefined) => void): void {
  if (isAllowed === true) resolve(undefined);
  else if (isAllowed === false) resolve(refusal(errorCodes.forbidden));
}

function readSession(sid: string, transport: TransportName, isUpgrade: boolean, request: IncomingMessage, query: ProtocolQuery, sockets: SocketsById): Intent | Refusal {
  const socket = sockets.get(sid);
  if (socket === undefined) return refusal(errorCodes.unknownSid, { sid });
  if (!isOurVersion(query)) return refusal(errorCodes.badRequest, { name: "PROTOCOL_MISMATCH", protocol: query.EIO, previousProtocol: protocol });
  if (isUpgrade !== (transport === "websocket")) return refusal(errorCodes.badRequest, { name: "TRANSPORT_MISMATCH", transport });
  if (!isUpgrade && socket.transport.name !== transport) {
    return refusal(errorCodes.badRequest, { name: "TRANSPORT_MISMATCH", transport, previousTransport: socket.transport.name });
  }
  if (!isUpgrade && request.method !== "GET" && request.method !== "POST") return refusal(errorCodes.badRequest, { method: request.method });
  return { kind: "session", socket, jsonpIndex: query.j };
}

function isOurVersion(query: ProtocolQuery): boolean {
  return query.EIO === String(protocol);
}
