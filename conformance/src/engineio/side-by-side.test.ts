/**
 * The same request to our server and to the official one, `engine.io` 6: status, body, every header and what `connection_error` says.
 * Each difference has a row's reason; what no row expects fails.
 */
import { type IncomingHttpHeaders, createServer, request as httpRequest } from "node:http";
import { Server as OurServer, type ServerOptions } from "@x/engineio/server";
import { listen } from "@x/testkit";
import { Server as PeerServer } from "engine.io";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface Ask {
  readonly method?: string;
  /** Added to `/engine.io/?`; `SID` is a fresh session's id. */
  readonly query: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What differs: [ours, theirs]. */
type Differences = Readonly<Partial<Record<string, readonly [ours: unknown, theirs: unknown]>>>;

interface Row extends Ask {
  readonly name: string;
  readonly differs?: Differences;
  /** Instead: they do different things, of which only these are compared. */
  readonly instead?: Differences;
}

const polling = "EIO=4&transport=polling";
const upgrade = { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
const page = { origin: "http://page.example" };
const preflight = { ...page, "access-control-request-method": "POST", "access-control-request-headers": "x-token" };

/** Ours say how long they are, and that they are not to be kept. */
function refusal(length: number): Differences {
  return { "content-length": [String(length), undefined], "cache-control": ["no-store", undefined], "transfer-encoding": [undefined, "chunked"] };
}

/** On upgrade sockets ours is the JSON that polling gets, theirs the bare text. */
function refusedUpgrade(code: number, message: string): Differences {
  const body = said(code, message);
  return { "content-type": ["application/json", "text/html"], "content-length": [String(body.length), String(message.length)], body: [body, message] };
}

function said(code: number, message: string): string {
  return JSON.stringify({ code, message });
}

const groups: readonly { readonly title: string; readonly options: ServerOptions; readonly rows: readonly Row[] }[] = [
  {
    title: "by default",
    options: { pingInterval: 50 },
    rows: [
      { name: "a handshake", query: polling },
      { name: "a handshake over WebSocket", query: "EIO=4&transport=websocket", headers: upgrade },
      { name: "a poll that fetches a heartbeat", query: `${polling}&sid=SID` },
      { name: "a POST: theirs calls its `ok` HTML", method: "POST", query: `${polling}&sid=SID`, body: "4hi", differs: { "content-type": ["text/plain; charset=UTF-8", "text/html"] } },
      { name: "code 0: no transport", query: "EIO=4", differs: refusal(40) },
      { name: "code 0: an unknown transport", query: "EIO=4&transport=abc", differs: refusal(40) },
      { name: "code 0: a property of every object", query: "EIO=4&transport=constructor", differs: refusal(40) },
      { name: "code 1: an unknown session", query: `${polling}&sid=nope`, differs: refusal(41) },
      { name: "code 1: a property of every object", query: `${polling}&sid=__proto__`, differs: refusal(41) },
      { name: "code 1: over WebSocket", query: "EIO=4&transport=websocket&sid=nope", headers: upgrade, differs: refusedUpgrade(1, "Session ID unknown") },
      { name: "code 2: a handshake by POST", method: "POST", query: polling, body: "4hi", differs: refusal(43) },
      { name: "code 2: a handshake by PUT", method: "PUT", query: polling, differs: refusal(43) },
      { name: "code 3: WebSocket without an upgrade", query: "EIO=4&transport=websocket", differs: refusal(34) },
      { name: "code 3: a session's WebSocket without an upgrade", query: "EIO=4&transport=websocket&sid=SID", differs: refusal(34) },
      { name: "code 5: an old protocol", query: "EIO=3&transport=polling", differs: refusal(51) },
      { name: "code 5: none", query: "transport=polling", differs: refusal(51) },
      // from here on they do different things
      { name: "code 5 over WebSocket: theirs opens it first, then closes", query: "EIO=3&transport=websocket", headers: upgrade, instead: { status: [400, 101], body: [said(5, "Unsupported protocol version"), ""] } },
      { name: "polling on an upgrade: theirs takes it for WebSocket", query: polling, headers: upgrade, instead: { status: [400, 101], body: [said(3, "Bad request"), ""] } },
      { name: "a malformed POST: theirs says ok, then closes", method: "POST", query: `${polling}&sid=SID`, body: "9hi", instead: { status: [400, 200], body: [said(3, "Bad request"), "ok"] } },
      { name: "a POST over maxHttpBufferSize: theirs has no body", method: "POST", query: `${polling}&sid=SID`, body: "4".repeat(1_000_001), instead: { status: [413, 413], body: [said(3, "Payload too large"), ""] } },
      { name: "a POST of another type: theirs has no body", method: "POST", query: `${polling}&sid=SID`, headers: { "content-type": "application/octet-stream" }, body: "4hi", instead: { status: [400, 400], body: [said(3, "Bad request"), ""] } },
      { name: "a session's PUT: theirs fails", method: "PUT", query: `${polling}&sid=SID`, instead: { status: [400, 500], body: [said(3, "Bad request"), ""], connection_error: [[3, "Bad request"], null] } },
      { name: "another page: theirs lets it in, and leaves it to the browser", query: polling, headers: page, instead: { status: [403, 200], body: [said(4, "Forbidden"), expect.stringMatching(/^0/)], connection_error: [[4, "Forbidden"], null] } },
    ],
  },
  {
    title: "cors: every origin",
    options: { cors: { origin: "*" } },
    rows: [
      { name: "a handshake", query: polling, headers: page },
      { name: "a preflight: ours allows the methods that there are", method: "OPTIONS", query: polling, headers: preflight, differs: { "access-control-allow-methods": ["GET,POST,OPTIONS", "GET,HEAD,PUT,PATCH,POST,DELETE"] } },
    ],
  },
  {
    title: "cors: a list, with all options",
    options: { cors: { origin: ["http://page.example", /\.b\.example$/], credentials: true, maxAge: 60, exposedHeaders: ["x-b", "x-c"], allowedHeaders: ["x-d"], methods: ["GET"] } },
    rows: [
      { name: "one of the list", query: polling, headers: page },
      { name: "one that the pattern allows", query: polling, headers: { origin: "http://a.b.example" } },
      { name: "no page", query: polling },
      { name: "a preflight", method: "OPTIONS", query: polling, headers: preflight },
      { name: "a refusal, which the page may read", query: `${polling}&sid=nope`, headers: page, differs: refusal(41) },
    ],
  },
  { title: "cookie: true", options: { cookie: true }, rows: [{ name: "a handshake", query: polling }] },
  {
    title: "cookie: with attributes",
    options: { cookie: { name: "c", path: "/x", httpOnly: false, sameSite: "none", secure: true, maxAge: 10, domain: "a.example" } },
    rows: [{ name: "a handshake", query: polling }],
  },
  {
    title: "allowRequest",
    options: { allowRequest: (_request, callback) => callback("no entry", false) },
    rows: [
      { name: "code 4: polling; theirs keeps the text from connection_error's message", query: polling, differs: { ...refusal(31), connection_error: [[4, "no entry"], [4, "Forbidden"]] } },
      { name: "code 4: WebSocket, for which theirs has another status", query: "EIO=4&transport=websocket", headers: upgrade, differs: { ...refusedUpgrade(4, "no entry"), status: [403, 400], connection_error: [[4, "no entry"], [4, "Forbidden"]] } },
    ],
  },
  { title: "transports: polling only", options: { transports: ["polling"] }, rows: [{ name: "a handshake", query: polling }, { name: "code 0", query: "EIO=4&transport=websocket", differs: refusal(40) }] },
  { title: "allowUpgrades: false", options: { allowUpgrades: false }, rows: [{ name: "a handshake", query: polling }] },
];

type Answer = Readonly<Record<string, unknown>>;

interface Side {
  ask(row: Ask): Promise<Answer>;
  close(): Promise<void>;
}

describe.each(groups)("$title", ({ options, rows }) => {
  const sides: Side[] = [];
  beforeAll(async () => void sides.push(await side(new OurServer(options)), await side(new PeerServer(options as ConstructorParameters<typeof PeerServer>[0]))));
  afterAll(async () => { for (const each of sides) await each.close(); });

  test.each(rows)("$name", async ({ differs = {}, instead, ...row }) => {
    const [ours = {}, theirs = {}] = await Promise.all(sides.map((each) => each.ask(row)));
    const names = instead === undefined ? new Set([...Object.keys(ours), ...Object.keys(theirs)]) : Object.keys(instead);
    for (const name of names) {
      const expected = (instead ?? differs)[name];
      if (expected === undefined) expect(ours[name], `${name}: theirs is ${JSON.stringify(theirs[name])}`).toEqual(theirs[name]);
      else expect([ours[name], theirs[name]], name).toEqual(expected);
    }
  });
});

/** Only what both classes have. */
interface AnyServer {
  attach(server: ReturnType<typeof createServer>): unknown;
  on(event: "connection_error", listener: (error: { code: number; message: string }) => void): unknown;
  on(event: "connection", listener: (socket: { send: (text: string) => unknown }) => void): unknown;
  close(): unknown;
}

async function side(server: OurServer | PeerServer): Promise<Side> {
  const either = server as AnyServer;
  const http = createServer();
  either.attach(http);
  let reported: [number, string] | null = null;
  either.on("connection_error", ({ code, message }) => { reported = [code, message]; });
  const { url, close } = await listen(http);
  const ask = async ({ query, ...rest }: Ask): Promise<Answer> => {
    const sid = query.includes("SID") ? sidOf((await send(url, { query: polling })).body) : "";
    reported = null;
    const { status, headers, body } = await send(url, { query: query.replace("SID", sid), ...rest });
    const cookies = headers["set-cookie"]?.map((cookie) => cookie.replace(/=[^;]*/, "=…"));
    return { ...headers, date: undefined, "set-cookie": cookies, status, body: body.replace(/"sid":"[^"]+"/, '"sid":"…"'), connection_error: reported };
  };
  return { ask, close: async () => { await either.close(); await close(); } };
}

function sidOf(handshake: string): string {
  return (JSON.parse(handshake.slice(1)) as { sid: string }).sid;
}

function send(url: string, { method = "GET", query, headers = {}, body }: Ask): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/engine.io/?${query}`, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, headers: response.headers, body: "" });
    });
    request.on("error", reject);
    request.end(body);
  });
}
