/**
 * The polling transport of the server on node:http: GETs are parked, POST bodies are read within their limit.
 *
 * Room: engineio node. The rules are core/polling-server's.
 */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectionError, ContentTooLongError, UnknownPacketError } from "@x/errors/engineio";
import { type ParkedPoll, ServerPolling } from "../core/polling-server.js";
import type { Session } from "../core/session.js";
import { errorCodes, refusal, refuseRequest } from "./refusal.js";

type Headers = Record<string, string | string[]>;

/** Makes the transport of one session; what a turn of the event loop sends leaves in one answer. */
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
export function handlePoll(polling: ServerPolling, response: ServerResponse, headers: Headers): void {
  const poll = new HttpPoll(response, headers);
  if (!polling.poll(poll)) {
    refuseRequest(response, refusal(errorCodes.badRequest, { name: "OVERLAP" }), plain(headers));
    return;
  }
  response.on("close", () => polling.pollLost(poll)); // no effect once it is answered
}

/** Handle a POST of an open session: `ok`, 400 for a malformed or misplaced one, 413 for one over `maxBytes`. */
export function handlePost(polling: ServerPolling, request: IncomingMessage, response: ServerResponse, headers: Headers, maxBytes: number): void {
  if (!polling.beginPost()) {
    refuseRequest(response, refusal(errorCodes.badRequest, { name: "OVERLAP" }), plain(headers));
    return;
  }
  if (!isText(request.headers["content-type"])) {
    request.resume();
    polling.postFailed(new ConnectionError("Session ended: a POST's content type is not text/plain", { code: "engineio/bad-request" }));
    refuseRequest(response, refusal(errorCodes.badRequest, { name: "CONTENT_TYPE" }), plain(headers));
    return;
  }
  readBody(request, maxBytes, (failure, body) => {
    if (failure instanceof ContentTooLongError) {
      polling.postFailed(failure);
      refuseRequest(response, refusal(errorCodes.badRequest, { name: "CONTENT_TOO_LONG" }, "Payload too large", 413), { ...plain(headers), Connection: "close" });
    } else if (failure !== undefined) {
      polling.postFailed(failure);
    } else if (isUtf8(body) ? polling.post(body.toString("utf8")) : polling.refusePost(new UnknownPacketError("Cannot read payload: it is no UTF-8", { code: "engineio/bad-payload" }))) {
      response.writeHead(200, { ...headers, "Content-Type": "text/plain; charset=UTF-8", "Content-Length": 2, "Cache-Control": "no-store" });
      response.end("ok");
    } else {
      refuseRequest(response, refusal(errorCodes.badRequest, { name: "BAD_PAYLOAD" }), plain(headers));
    }
  });
}

/** A GET in waiting. */
class HttpPoll implements ParkedPoll {
  readonly #response: ServerResponse;
  readonly #headers: Headers;

  constructor(response: ServerResponse, headers: Headers) {
    this.#response = response;
    this.#headers = headers;
  }

  answer(payload: string): void {
    const response = this.#response;
    response.writeHead(200, { ...this.#headers, "Content-Type": "text/plain; charset=UTF-8", "Content-Length": Buffer.byteLength(payload), "Cache-Control": "no-store" });
    response.end(payload);
  }
}

/** Calls `done` exactly once: with the body, with ContentTooLongError as soon as it is known, or with what broke off. */
function readBody(request: IncomingMessage, limitBytes: number, done: (failure: Error | undefined, body: Buffer) => void): void {
  const declared = Number(request.headers["content-length"] ?? 0);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isDone = false;
  const finish = (failure: Error | undefined): void => {
    if (isDone) return;
    isDone = true;
    done(failure, failure === undefined ? joined(chunks) : Buffer.alloc(0));
    chunks.length = 0;
  };
  const tooLong = (actualBytes: number | undefined): void => {
    request.resume(); // what still comes is read and dropped until the connection closes
    finish(new ContentTooLongError(`Cannot accept request body: more than ${limitBytes} bytes`, { limitBytes, actualBytes }));
  };
  if (declared > limitBytes) {
    tooLong(declared);
    return;
  }
  request.on("data", (chunk: Buffer) => {
    if (isDone) return;
    bytes += chunk.length;
    if (bytes > limitBytes) tooLong(undefined);
    else chunks.push(chunk);
  });
  request.on("end", () => finish(undefined));
  request.on("close", () => finish(new ConnectionError("Session ended: the client hung up in the middle of a POST", { code: "engineio/connection-lost" })));
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

/** Browsers, and every client known, say text/plain; no content type at all is fine, too. */
function isText(contentType: string | undefined): boolean {
  return contentType === undefined || /^text\/plain\s*(?:;|$)/i.test(contentType);
}

function plain(headers: Headers): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  return flat;
}
