/**
 * The polling transport of the server on node:http: GETs are parked, POST bodies are read within their limits.
 *
 * Room: engineio node. The rules are core/polling-server's.
 */
import { isUtf8 } from "node:buffer";
import { ConnectionError, ContentTooLongError, UnknownPacketError } from "@x/errors/engineio";
import { ServerPolling } from "../core/polling-server.js";
import type { Session } from "../core/session.js";
import { readBody } from "./body.js";
import type { ServerContext } from "./context.js";
import type { Exchange } from "./exchange.js";
import { jsonpBody } from "./jsonp.js";
import { type Refusal, errorCodes, refusal } from "./refusal.js";

/** Makes the transport of one session; what a turn of the event loop sends leaves in one answer to the poll that waits. */
export function serverPolling(session: Session, maxPackets: number): ServerPolling {
  return new ServerPolling(session, maxPackets, answerAtEndOfTurn);
}

function answerAtEndOfTurn(polling: ServerPolling): void {
  process.nextTick(answerNow, polling);
}

function answerNow(polling: ServerPolling): void {
  polling.answerScheduled();
}

/** Handle a GET of an open session. */
export function handlePoll(polling: ServerPolling, session: Session, exchange: Exchange): void {
  const isAnsweredNow = session.outbox.length > 0; // before anybody can hang up
  if (!polling.poll(exchange)) exchange.refuse(overlap());
  else if (!isAnsweredNow) exchange.response.on("close", () => polling.pollLost(exchange)); // no effect once it is answered
}

/** Handle a POST of an open session: `ok`, 400 for a malformed or misplaced one, 408 for a slow, 413 for a long one. */
export function handlePost(polling: ServerPolling, session: Session, exchange: Exchange, { opts, sessions }: ServerContext): void {
  const { request } = exchange;
  if (!polling.beginPost()) {
    exchange.refuse(overlap());
    return;
  }
  if (!isExpected(request.headers["content-type"], exchange.jsonpIndex !== undefined)) {
    request.resume();
    polling.postFailed(new ConnectionError("Session ended: a POST's content type is not text/plain", { code: "engineio/bad-request" }));
    exchange.refuse(refusal(errorCodes.badRequest, { name: "CONTENT_TYPE", contentType: request.headers["content-type"] }));
    return;
  }
  const limits = { limitBytes: opts.maxHttpBufferSize, timeoutMs: opts.postTimeout, nowMs: opts.clock.now(), sweep: sessions.sweep };
  readBody(request, limits, () => session.state !== "closed", (failure, body) => {
    if (failure === undefined) receive(polling, exchange, body);
    else breakOff(polling, exchange, failure);
  });
}

function receive(polling: ServerPolling, exchange: Exchange, body: Buffer): void {
  const payload = isUtf8(body) ? payloadOf(exchange, body.toString("utf8")) : undefined;
  const isTaken = payload === undefined
    ? polling.refusePost(new UnknownPacketError("Cannot read payload: it is no UTF-8, or no form", { code: "engineio/bad-payload" }))
    : polling.post(payload);
  if (isTaken) exchange.acknowledge();
  else exchange.refuse(refusal(errorCodes.badRequest, { name: "BAD_PAYLOAD" }, { reason: "engineio/bad-payload" }));
}

function payloadOf({ jsonpIndex }: Exchange, text: string): string | undefined {
  return jsonpIndex === undefined ? text : jsonpBody(text);
}

/** The rest of the body is not worth waiting for: the connection ends with the answer. */
function breakOff(polling: ServerPolling, exchange: Exchange, failure: Error): void {
  polling.postFailed(failure);
  const reason = refusalOf(failure);
  if (reason !== undefined) exchange.refuse(reason);
}

/** @returns `undefined` where nobody is left to answer. */
function refusalOf(failure: Error): Refusal | undefined {
  const headers = { Connection: "close" };
  if (failure instanceof ContentTooLongError) {
    return refusal(errorCodes.badRequest, { name: "CONTENT_TOO_LONG", limitBytes: failure.limitBytes }, { message: "Payload too large", status: 413, reason: "engineio/content-too-long", headers });
  }
  if (failure instanceof ConnectionError && failure.code === "engineio/request-timeout") {
    return refusal(errorCodes.badRequest, { name: "REQUEST_TIMEOUT" }, { message: "Request timeout", status: 408, reason: "engineio/request-timeout", headers });
  }
  if (failure instanceof ConnectionError && failure.code === "engineio/unknown-session") return refusal(errorCodes.unknownSid, {}, { headers });
  return undefined;
}

function overlap(): Refusal {
  return refusal(errorCodes.badRequest, { name: "OVERLAP" }, { reason: "engineio/overlapping-requests" });
}

/** Browsers, and every client known, say text/plain, or send a form where they poll by scripts; no content type at all is fine, too. */
function isExpected(contentType: string | undefined, isForm: boolean): boolean {
  return contentType === undefined || (isForm ? /^application\/x-www-form-urlencoded\s*(?:;|$)/i : /^text\/plain\s*(?:;|$)/i).test(contentType);
}
