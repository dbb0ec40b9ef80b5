/**
 * Web-standard requests (Fetch standard §6) in the form of node:http's, so that middlewares and polling see no difference.
 *
 * Room: engineio node. The answer is what node:http would have written to a connection, read back.
 */
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { ConnectionError } from "@x/errors/engineio";

/** What a framework knows beside the request. */
export interface FetchInfo {
  /** The client's IP address. Without it, and without `trustProxy`, no limit per address holds. */
  readonly remoteAddress?: string | undefined;
}

type Body = ReadableStreamDefaultReader<Uint8Array>;

/** A request whose body comes from a stream of the platform's. */
class WebIncomingMessage extends IncomingMessage {
  readonly #body: Body | undefined;
  #isPulling = false;

  constructor(request: Request, info: FetchInfo) {
    super(connectionOf(request, info));
    const { pathname, search, host } = new URL(request.url);
    this.method = request.method;
    this.url = pathname + search;
    this.headers.host = host;
    request.headers.forEach((value, name) => { this.headers[name] = value; });
    this.rawHeaders = Object.entries(this.headers).flatMap(([name, value]) => [name, String(value)]);
    this.httpVersion = "1.0"; // so that the answer is not chunked, which is the framework's business
    this.httpVersionMajor = 1;
    this.httpVersionMinor = 0;
    this.#body = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  }

  override _read(): void {
    if (this.#body === undefined) this.#end();
    else this.#pull(this.#body);
  }

  /** Node's class expects to be pushed at: while there is room it does not ask again. A turn for each chunk, so that no body, however ready, holds up the process. */
  #pull(body: Body): void {
    if (this.#isPulling || this.destroyed) return;
    this.#isPulling = true;
    body.read().then(({ done, value }) => {
      this.#isPulling = false;
      if (done) this.#end();
      else if (this.push(value)) setImmediate(() => this.#pull(body));
    }, (error: unknown) => this.destroy(error instanceof Error ? error : undefined));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.complete) this.#body?.cancel().catch(() => undefined); // it has failed, or nobody wants it
    super._destroy(error, callback);
  }

  #end(): void {
    this.complete = true;
    this.push(null);
  }
}

/** Never connected: it only says where the request came from, and over what. */
function connectionOf({ url }: Request, { remoteAddress }: FetchInfo): Socket {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: remoteAddress });
  if (url.startsWith("https:")) Object.defineProperty(socket, "encrypted", { value: true });
  return socket;
}

/** Where an answer is written to; `written` gets all of it. */
class Recorder extends Duplex {
  readonly #chunks: Buffer[] = [];
  readonly #written: (answer: Buffer) => void;

  constructor(written: (answer: Buffer) => void) {
    super();
    this.#written = written;
  }

  override _read(): void {
    // nothing ever comes
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#chunks.push(chunk);
    callback();
  }

  override _final(callback: () => void): void {
    this.#written(Buffer.concat(this.#chunks));
    callback();
  }
}

/**
 * @returns the answer that `handle` writes to node:http's objects for `request`. When the client hangs up, which its signal tells,
 *   the response closes as it does over TCP, and the promise rejects with the signal's reason.
 */
export function answerWebRequest(request: Request, info: FetchInfo, handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const incoming = new WebIncomingMessage(request, info);
    const response = new ServerResponse(incoming);
    const recorder = new Recorder((answer) => {
      request.signal.removeEventListener("abort", hangUp);
      resolve(readAnswer(answer));
      incoming.destroy(); // what is left of a body that was refused
    });
    const hangUp = (): void => {
      incoming.destroy();
      recorder.destroy();
      reject(request.signal.reason as Error);
    };
    response.shouldKeepAlive = false;
    response.assignSocket(recorder as unknown as Socket); // only a stream's methods are used
    response.once("finish", () => recorder.end());
    recorder.once("close", () => reject(new ConnectionError("Request has no answer: a middleware destroyed it", { code: "engineio/connection-lost" })));
    request.signal.addEventListener("abort", hangUp, { once: true });
    if (request.signal.aborted) hangUp();
    else handle(incoming, response);
  });
}

const HEAD_END = "\r\n\r\n";
/** They speak of a connection that does not exist (RFC 9110 §7.6.1). */
const connectionHeaders: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** Reads what node:http wrote a moment ago, which is why there is no syntax to check. */
function readAnswer(answer: Buffer): Response {
  const headLength = answer.indexOf(HEAD_END);
  const [statusLine = "", ...lines] = answer.toString("latin1", 0, headLength).split("\r\n");
  const [, status = "500"] = statusLine.split(" ", 2);
  const statusText = statusLine.split(" ").slice(2).join(" ");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (!connectionHeaders.has(name)) headers.append(name, line.slice(colon + 1).trim());
  }
  const hasBody = ![204, 205, 304].includes(Number(status)); // the only ones for which Response refuses even an empty one
  return new Response(hasBody ? new Uint8Array(answer.subarray(headLength + HEAD_END.length)) : null, { status: Number(status), statusText, headers });
}

/** @returns node:http's form of a request that has been, or will be, answered elsewhere. */
export function toIncomingMessage(request: Request, info: FetchInfo): IncomingMessage {
  return new WebIncomingMessage(request, info);
}
