/**
 * One HTTP request and its answer: the headers collected on the way, a payload, `ok`, or a refusal.
 *
 * Room: engineio node.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ParkedPoll } from "../core/polling-server.js";
import { type AnswerHeaders, joinedVary } from "./answer-headers.js";
import { type Coding, type CompressionSettings, chooseCoding, compress } from "./compression.js";
import { type ServerContext, reportRefusal } from "./context.js";
import { jsonpAnswer } from "./jsonp.js";
import { type Refusal, bodyOf } from "./refusal.js";

const TEXT = "text/plain; charset=UTF-8";
const SCRIPT = "text/javascript; charset=UTF-8";

export class Exchange implements ParkedPoll {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  headers: AnswerHeaders = {};
  /** Of a client that polls by scripts. */
  jsonpIndex: string | undefined;
  /** Somebody else may hold on to the request. */
  readonly isShared: boolean;
  readonly #context: ServerContext;

  constructor(context: ServerContext, request: IncomingMessage, response: ServerResponse, isShared: boolean) {
    this.#context = context;
    this.request = request;
    this.response = response;
    this.isShared = isShared;
  }

  /** The origin is allowed: its headers go with every answer from now on. */
  allow(headers: Readonly<Record<string, string>>): void {
    Object.assign(this.headers, headers);
    if (headers["Vary"] !== undefined) this.headers["Vary"] = joinedVary(this.response.getHeader("Vary"), headers["Vary"]);
    const cookies = this.response.getHeader("Set-Cookie"); // a middleware's, in whose place one of ours would come
    if (cookies !== undefined) this.headers["Set-Cookie"] = [cookies].flat().map(String);
  }

  /** Answer a poll. */
  answer(payload: string, mayCompress: boolean): void {
    if (this.jsonpIndex === undefined) this.#answer(payload, TEXT, mayCompress);
    else this.#answer(jsonpAnswer(this.jsonpIndex, payload), SCRIPT, mayCompress);
  }

  /** Answer a POST (protocol document §"HTTP long-polling"). */
  acknowledge(): void {
    this.#write("ok", TEXT);
  }

  answerPreflight(status: number): void {
    this.#end(status, "");
  }

  refuse(reason: Refusal): void {
    Object.assign(this.headers, reason.headers);
    this.headers["Content-Type"] = "application/json";
    this.headers["Cache-Control"] = "no-store";
    this.#end(reason.status, bodyOf(reason));
    reportRefusal(this.#context, this.request, reason);
  }

  #answer(body: string, type: string, mayCompress: boolean): void {
    const { httpCompression } = this.#context.opts;
    if (!mayCompress || httpCompression === undefined || body.length * 3 < httpCompression.thresholdBytes || Buffer.byteLength(body) < httpCompression.thresholdBytes) {
      this.#write(body, type);
      return;
    }
    this.headers["Vary"] = joinedVary(this.headers["Vary"] ?? this.response.getHeader("Vary"), "Accept-Encoding");
    const coding = chooseCoding(this.request.headers["accept-encoding"]);
    if (coding === undefined) this.#write(body, type);
    else this.#compressed(body, type, coding, httpCompression);
  }

  #compressed(body: string, type: string, coding: Coding, settings: CompressionSettings): void {
    compress(body, coding, settings, (compressed) => {
      if (compressed !== undefined) this.headers["Content-Encoding"] = coding;
      this.#write(compressed ?? body, type);
    });
  }

  #write(body: string | Buffer, type: string): void {
    this.headers["Content-Type"] = type;
    this.headers["Cache-Control"] = "no-store";
    if (type === SCRIPT) this.headers["X-Content-Type-Options"] = "nosniff";
    this.#end(200, body);
  }

  /** A header of the application's that no answer can carry must not end the process: the client gets 500. */
  #end(status: number, body: string | Buffer): void {
    const { response, headers } = this;
    if (response.headersSent || response.destroyed) return;
    const bytes = Buffer.byteLength(body);
    headers["Content-Length"] = String(bytes);
    try {
      response.writeHead(status, headers);
      if (bytes > 0) response.write(body, bytes === body.length ? "latin1" : "utf8"); // ASCII needs no encoder
      process.nextTick(endResponse, response); // head and body leave in one piece; an end at once would add an empty one to them
    } catch (error) {
      this.#context.opts.onError(error, { event: "headers" });
      response.writeHead(500, { "Content-Length": 0 }).end();
    }
  }
}

function endResponse(response: ServerResponse): void {
  response.end();
}
