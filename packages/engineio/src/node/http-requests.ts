/**
 * Polling requests of one client over `node:http`: agents, headers, cookies, redirects, and limits on what is read.
 *
 * Room: engineio node.
 */
import { type Agent, type IncomingMessage, type RequestOptions, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { ConnectionError, ContentTooLongError } from "@x/errors/engineio";
import type { CookieJar, DialOptions } from "@x/simple-ws/client";
import type { HttpAnswer, HttpRequest, RequestSettings } from "../shell/ports.js";
import type { NetworkOptions } from "./client-options.js";
import { type DialArgs, DialAgent } from "./dial-agent.js";
import { mergedHeaders, nodeHeaders } from "./request-headers.js";

const OK = 200;
/** RFC 9110 §15.4; only the last two keep a POST what it is. */
const redirects: readonly number[] = [301, 302, 303, 307, 308];
const MAX_HEADER_BYTES = 16_384;
const MAX_ERROR_BODY_BYTES = 16_384;

/** TLS options that prove who we are, or are about one server. */
const personalTls: readonly string[] = ["cert", "key", "pfx", "passphrase", "servername"];

/** Of all clients that ask for nothing special. */
const shared: Agents = {};

interface Agents {
  http?: Agent;
  https?: Agent;
}

/** One request of a chain of redirects. */
interface Hop {
  readonly url: URL;
  readonly redirects: number;
  /** The origin is the one that the caller named. */
  readonly isTrusted: boolean;
}

export class HttpRequests {
  readonly #options: NetworkOptions;
  readonly #jar: CookieJar | undefined;
  readonly #link: DialOptions;
  readonly #agents: Agents;

  constructor(options: NetworkOptions, jar: CookieJar | undefined) {
    this.#options = options;
    this.#jar = jar;
    this.#link = linkOptions(options);
    this.#agents = Object.keys(this.#link).length === 0 ? shared : {};
  }

  /** @returns the answer, whatever its status. @throws {ContentTooLongError}, {ConnectionError} `engineio/too-many-redirects`; what else failed as it is. */
  async request(request: HttpRequest, settings: RequestSettings): Promise<HttpAnswer> {
    const { maxRedirects = 0 } = this.#options;
    const first = new URL(request.url);
    let url = first;
    for (let count = 0; ; count++) {
      const answer = await this.#send({ url, redirects: count, isTrusted: url.origin === first.origin }, request, settings);
      const next = maxRedirects === 0 ? undefined : redirectOf(answer, url, request.method);
      if (next === undefined) return answer;
      if (count >= maxRedirects) {
        throw new ConnectionError(`Cannot connect: the server redirects more than ${maxRedirects} times, see maxRedirects`, { code: "engineio/too-many-redirects", httpStatus: answer.status, headers: answer.headers, retryable: false });
      }
      url = next;
    }
  }

  async #send(hop: Hop, request: HttpRequest, settings: RequestSettings): Promise<HttpAnswer> {
    const { url } = hop;
    const headers = await this.#headers(hop, request, settings);
    const answer = await this.#exchange(hop, request, headers);
    const isOk = answer.statusCode === OK;
    const body = isOk ? await readWhole(answer, request.maxBytes) : await readBeginning(answer, this.#options.maxErrorBodyBytes ?? MAX_ERROR_BODY_BYTES);
    for (const cookie of answer.headers["set-cookie"] ?? []) await this.#jar?.setCookie(cookie, url.href, { ignoreError: true });
    return { status: answer.statusCode ?? 0, body: body.toString("utf8"), headers: answer.headers };
  }

  #exchange({ url, isTrusted }: Hop, { method, body, signal }: HttpRequest, headers: Record<string, string | string[]>): Promise<IncomingMessage> {
    const isSecure = url.protocol === "https:";
    const { agent, maxHeaderBytes = MAX_HEADER_BYTES, tls } = this.#options;
    const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port);
    const common = { method, host: url.hostname.replace(/^\[|\]$/g, ""), port, path: url.pathname + url.search, headers, signal, maxHeaderSize: maxHeaderBytes };
    return new Promise((resolve, reject) => {
      const given = isTrusted && agent !== false ? agent : undefined;
      const options: RequestOptions & Pick<DialArgs, "dialSignal"> = { ...common, agent: given ?? this.#agent(isSecure, isTrusted), dialSignal: signal };
      const sent = given !== undefined && isSecure ? requestSecure({ ...tls, ...options }) : requestPlain(options);
      sent.on("response", resolve).on("error", reject).end(body);
    });
  }

  async #headers({ url, redirects: count, isTrusted }: Hop, { body }: HttpRequest, { headers }: RequestSettings): Promise<Record<string, string | string[]>> {
    const { headers: more, host, origin, cookie } = this.#options;
    const kept = await this.#jar?.getCookieString(url.href);
    const given = await mergedHeaders(headers, more, { url: bare(url), redirects: count });
    return {
      accept: "*/*",
      host: isTrusted && host !== undefined ? host : url.host,
      ...(origin === undefined ? {} : { origin }),
      ...(isTrusted ? basicAuthorization(url) : {}),
      ...nodeHeaders(given, [isTrusted ? (cookie ?? "") : "", kept ?? ""], isTrusted),
      ...(body === undefined ? {} : { "content-type": "text/plain;charset=UTF-8", "content-length": String(Buffer.byteLength(body)) }),
    };
  }

  #agent(isSecure: boolean, isTrusted: boolean): Agent {
    if (!isTrusted) return new DialAgent(isSecure, elsewhere(this.#link)); // rare, and nothing of it may be used for another
    return this.#agents[isSecure ? "https" : "http"] ??= new DialAgent(isSecure, this.#link);
  }
}

/** @returns what of `options` concerns the connection: nothing for most clients. */
function linkOptions(options: NetworkOptions): DialOptions {
  const { tls = {}, proxy, proxyHeaders, proxyTls, socketPath, createConnection, lookup, localAddress, family, addressAttemptTimeoutMs, connectTimeoutMs, maxHeaderBytes, autoUnref } = options;
  const all = {
    tls: Object.keys(tls).length === 0 ? undefined : tls, unref: autoUnref === true ? true : undefined,
    proxy, proxyHeaders, proxyTls, socketPath, createConnection, lookup, localAddress, family, addressAttemptTimeoutMs, connectTimeoutMs, maxHeaderBytes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function elsewhere(link: DialOptions): DialOptions {
  return { ...link, tls: Object.fromEntries(Object.entries(link.tls ?? {}).filter(([name]) => !personalTls.includes(name))) };
}

/** @returns where `answer` sends us, if that may be followed: never from https: to http:, and a POST only where it stays one. */
function redirectOf({ status, headers }: HttpAnswer, from: URL, method: string): URL | undefined {
  const location = headers?.["location"];
  if (!redirects.includes(status) || (method === "POST" && status < 307) || typeof location !== "string" || !URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  return to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:") ? to : undefined;
}

/** As `@x/simple-ws` reads the credentials of a URL. */
function basicAuthorization({ username, password }: URL): { readonly authorization?: string } {
  if (username === "" && password === "") return {};
  return { authorization: `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64")}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % stands for itself
  }
}

/** Without credentials. */
function bare(url: URL): string {
  const copy = new URL(url);
  copy.username = copy.password = "";
  return copy.href;
}

/** @throws {ContentTooLongError} and hangs up, when there are more than `limitBytes`. */
async function readWhole(answer: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw new ContentTooLongError(`Cannot read polling answer: more than ${limitBytes} bytes`, { limitBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @returns at most `limitBytes`; hangs up when there is more. */
async function readBeginning(answer: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= limitBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, limitBytes);
}
