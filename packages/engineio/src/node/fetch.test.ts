/** A server behind a framework that speaks `Request` and `Response`. */
import { afterEach, describe, expect, test } from "vitest";
import { type ServerOptions, Server } from "../server.js";

const opened: Server[] = [];
afterEach(() => Promise.all(opened.splice(0).map((server) => server.close())));

const url = "http://app.example/engine.io/?EIO=4&transport=polling";

function engine(options: ServerOptions = {}): Server {
  const server = new Server({ transports: ["polling"], ...options });
  opened.push(server);
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  return server;
}

async function handshake(server: Server): Promise<string> {
  const answer = await server.fetch(new Request(url));
  return (JSON.parse((await answer.text()).slice(1)) as { sid: string }).sid;
}

function post(sid: string, body: BodyInit): Request {
  return new Request(`${url}&sid=${sid}`, { method: "POST", body, ...{ duplex: "half" } });
}

function inPieces(...pieces: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

describe("server.fetch", () => {
  test("opens a session, takes POSTs and answers polls", async () => {
    const server = engine();
    const sid = await handshake(server);
    const posted = await server.fetch(post(sid, "4hello"));
    expect([posted.status, await posted.text(), posted.headers.get("content-type")]).toEqual([200, "ok", "text/plain; charset=UTF-8"]);
    expect(await (await server.fetch(new Request(`${url}&sid=${sid}`))).text()).toBe("4hello");
  });

  test("a body may come in pieces, and be long", async () => {
    const server = engine();
    const sid = await handshake(server);
    const long = "é".repeat(200_000);
    expect((await server.fetch(post(sid, inPieces("4", "in ", "pieces")))).status).toBe(200);
    expect(await (await server.fetch(new Request(`${url}&sid=${sid}`))).text()).toBe("4in pieces");
    expect((await server.fetch(post(sid, inPieces("4", long.slice(0, 7), long.slice(7))))).status).toBe(200);
    expect(await (await server.fetch(new Request(`${url}&sid=${sid}`))).text()).toBe(`4${long}`);
  });

  test("a body over maxHttpBufferSize is 413, however it comes", async () => {
    const server = engine({ maxHttpBufferSize: 10 });
    for (const body of ["4".repeat(11), inPieces("4".repeat(6), "4".repeat(5))]) {
      expect((await server.fetch(post(await handshake(server), body))).status).toBe(413);
    }
    expect((await server.fetch(post(await handshake(server), "4".repeat(10)))).status).toBe(200);
  });

  test("refusals are those of the other entries, and middlewares run", async () => {
    const server = engine();
    server.use((_request, response, next) => {
      response.setHeader("x-middleware", "ran");
      next();
    });
    const refused = await server.fetch(new Request(`${url}&sid=nobody`));
    expect([refused.status, refused.headers.get("x-middleware"), await refused.json()]).toEqual([400, "ran", { code: 1, message: "Session ID unknown" }]);
    const foreign = await server.fetch(new Request(url, { headers: { origin: "http://other.example" } }));
    expect(foreign.status).toBe(403);
  });

  test("a client that hangs up leaves its parked poll, and ends its session", async () => {
    const server = engine();
    const ended = new Promise<string>((resolve) => server.once("connection", (socket) => socket.once("close", resolve)));
    const sid = await handshake(server);
    const client = new AbortController();
    const poll = server.fetch(new Request(`${url}&sid=${sid}`, { signal: client.signal }));
    client.abort(new Error("gone"));
    await expect(poll).rejects.toThrow("gone");
    expect(await ended).toBe("transport error");
  });
});
