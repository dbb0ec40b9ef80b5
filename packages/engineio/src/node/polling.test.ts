/** The wire of polling: payloads, limits, overlaps, ends, and what attackers try. */
import { describe, expect, test } from "vitest";
import { next, open, post, raw, send, serve } from "../../test/http.js";

const unknownSid = { status: 400, body: '{"code":1,"message":"Session ID unknown"}' };
const badRequest = { status: 400, body: '{"code":3,"message":"Bad request"}' };

describe("polling", () => {
  test("messages both ways; POST is answered ok", async () => {
    const { url, sockets, taken } = await serve();
    const session = await open(url);
    const got: unknown[] = [];
    sockets[0]!.on("message", (data) => got.push(data));
    expect(await post(session.url, "4hello\x1ebAQID\x1e4€")).toMatchObject({ status: 200, body: "ok" });
    expect(got).toEqual(["hello", Buffer.from([1, 2, 3]), "€"]);
    const parked = send(session.url);
    await taken();
    void sockets[0]!.send("one");
    void sockets[0]!.send(new Uint8Array([4, 5]).buffer);
    expect(await parked).toMatchObject({ status: 200, body: "4one\x1ebBAU=" });
  });

  test("answers hold at most maxOutgoingPackets packets and maxHttpBufferSize bytes", async () => {
    const { url, sockets } = await serve({ maxOutgoingPackets: 3, maxHttpBufferSize: 100 });
    const session = await open(url);
    for (let i = 0; i < 4; i++) void sockets[0]!.send(String(i));
    void sockets[0]!.send("x".repeat(60));
    void sockets[0]!.send("y".repeat(60));
    void sockets[0]!.send("z".repeat(500));
    const bodies = [];
    for (let i = 0; i < 4; i++) bodies.push((await send(session.url)).body);
    expect(bodies).toEqual(["40\x1e41\x1e42", `43\x1e4${"x".repeat(60)}`, `4${"y".repeat(60)}`, `4${"z".repeat(500)}`]);
  });

  test.each(["", "abc", "7", "2", "0{}", "b!!", "4a\x1e", "4a\x1exyz"])("a malformed POST (%j) is answered 400 and ends the session; nothing of it is delivered", async (body) => {
    const { url, sockets, taken } = await serve();
    const session = await open(url);
    const parked = send(session.url);
    await taken();
    const got: unknown[] = [];
    const ended: unknown[] = [];
    sockets[0]!.on("message", (data) => got.push(data)).on("close", (reason, why) => ended.push(reason, why));
    expect(await post(session.url, body)).toMatchObject(badRequest);
    expect(await parked).toMatchObject({ status: 200, body: "1" });
    expect([got, ended]).toEqual([[], ["parse error", expect.objectContaining({ name: "UnknownPacketError" })]]);
    expect(await send(session.url)).toMatchObject(unknownSid);
  });

  test("bytes that are no UTF-8 are malformed, too", async () => {
    const { url, sockets } = await serve();
    const session = await open(url);
    expect(await post(session.url, new Uint8Array([0x34, 0xff]))).toMatchObject(badRequest);
    expect(sockets[0]!.readyState).toBe("closed");
  });

  test.each(["application/octet-stream", "application/x-www-form-urlencoded", "text/plainly", "text/html"])("a POST of %s is refused and ends the session", async (type) => {
    const { url, sockets } = await serve();
    const session = await open(url);
    expect(await post(session.url, "4x", { "Content-Type": type })).toMatchObject(badRequest);
    expect(sockets[0]!.readyState).toBe("closed");
  });

  test("a POST without content type is taken", async () => {
    const { url } = await serve();
    expect(await post((await open(url)).url, "4x", {})).toMatchObject({ status: 200, body: "ok" });
  });

  test("a body of maxHttpBufferSize bytes is taken, one more is 413 and the end: declared, or chunked without a length", async () => {
    const { url, sockets } = await serve({ maxHttpBufferSize: 10 });
    const session = await open(url);
    const chunked = (target: string, ...chunks: string[]): ReturnType<typeof send> => send(target, { method: "POST", chunks, headers: { "Content-Type": "text/plain" } });
    expect(await post(session.url, "4".padEnd(10, "x"))).toMatchObject({ status: 200 });
    expect(await chunked(session.url, "4xxx", "xxxxxx")).toMatchObject({ status: 200 });
    const why = next<unknown>((done) => sockets[0]!.on("close", (_reason, description) => done(description)));
    expect(await post(session.url, "4".padEnd(11, "x"))).toMatchObject({ status: 413 });
    expect(await why).toMatchObject({ name: "ContentTooLongError", code: "engineio/content-too-long", limitBytes: 10, actualBytes: 11 });
    const second = await open(url);
    const whyChunked = next<unknown[]>((done) => sockets[1]!.on("close", (...args) => done(args)));
    expect(await chunked(second.url, "4xxx", "xxxxxxx")).toMatchObject({ status: 413 });
    expect(await whyChunked).toEqual(["transport error", expect.objectContaining({ name: "ContentTooLongError", limitBytes: 10, actualBytes: undefined })]);
    const third = await open(url);
    expect(await post(third.url, "€€€4")).toMatchObject({ status: 400 }); // 10 bytes: counted as bytes, refused as a packet
  });

  test("maxPacketsPerPayload packets are taken, one more is malformed", async () => {
    const { url, sockets } = await serve({ maxPacketsPerPayload: 3 });
    const session = await open(url);
    expect(await post(session.url, "4\x1e4\x1e4")).toMatchObject({ status: 200 });
    expect(await post(session.url, "4\x1e4\x1e4\x1e4")).toMatchObject({ status: 400 });
    expect(sockets[0]!.readyState).toBe("closed");
  });

  test("a second concurrent GET ends the session: the first is answered 1, the second 400", async () => {
    const { url, sockets, taken } = await serve();
    const session = await open(url);
    const first = send(session.url);
    await taken();
    expect((await send(session.url)).status).toBe(400);
    expect(await first).toMatchObject({ status: 200, body: "1" });
    expect(sockets[0]!.readyState).toBe("closed");
  });

  test("so does a second concurrent POST", async () => {
    const { url, port, sockets, taken } = await serve();
    const session = await open(url);
    const slow = raw(port, `POST ${session.url.slice(url.length)} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n4`, (text) => text.includes("\r\n\r\n"));
    await taken();
    expect((await post(session.url, "4x")).status).toBe(400);
    expect(sockets[0]!.readyState).toBe("closed");
    void slow;
  });

  test("a client that hangs up in the middle of a POST, or on its poll, has ended its session", async () => {
    const { url, port, sockets } = await serve();
    const one = await open(url);
    const ended = next<unknown>((done) => sockets[0]!.on("close", done));
    void raw(port, `POST ${one.url.slice(url.length)} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n4`, () => true);
    expect(await ended).toBe("transport error");
    const two = await open(url);
    const gone = next<unknown>((done) => sockets[1]!.on("close", (_reason, why) => done(why)));
    void raw(port, `GET ${two.url.slice(url.length)} HTTP/1.1\r\nHost: x\r\n\r\nx`).catch(() => undefined);
    expect(await gone).toMatchObject({ code: "engineio/connection-lost" });
  });

  test("CLOSE from the client: its poll is answered 6, the sid is forgotten", async () => {
    const { url, sockets, taken } = await serve();
    const session = await open(url);
    const parked = send(session.url);
    const ended = next<unknown>((done) => sockets[0]!.on("close", done));
    await taken();
    expect(await post(session.url, "1")).toMatchObject({ status: 200, body: "ok" });
    expect([await parked, await ended]).toMatchObject([{ body: "6" }, "transport close"]);
    expect(await send(session.url)).toMatchObject(unknownSid);
  });

  test("close() by the server: the parked poll is answered 1; without one, the next", async () => {
    const { url, sockets, taken } = await serve();
    const one = await open(url);
    const parked = send(one.url);
    await taken();
    sockets[0]!.close();
    expect(await parked).toMatchObject({ body: "1" });
    const two = await open(url);
    void sockets[1]!.send("last words");
    sockets[1]!.close();
    expect([(await send(two.url)).body, (await send(two.url)).body, (await send(two.url)).status]).toEqual(["4last words", "1", 400]);
  });

  test("PUT with a sid is refused", async () => {
    const { url } = await serve();
    expect(await send((await open(url)).url, { method: "PUT" })).toMatchObject(badRequest);
  });

  test("maxBufferedBytes may wait for a poll; more ends the session", async () => {
    const { url, sockets } = await serve({ maxBufferedBytes: 1000 });
    await open(url);
    const client = sockets[0]!;
    void client.send("x".repeat(500));
    void client.send("x".repeat(498));
    expect(client.readyState).toBe("open");
    expect(() => void client.send("x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    expect(client.readyState).toBe("closed");
  });
});
