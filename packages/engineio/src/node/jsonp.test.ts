/** Polling by scripts: off unless asked for, and then valid scripts whatever the messages. */
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { handshakeQuery, post, send, serve } from "../../test/http.js";
import { jsonpAnswer, jsonpBody } from "./jsonp.js";

const form = { "Content-Type": "application/x-www-form-urlencoded" };
const options = { jsonp: true, cors: { origin: "*" } };

/** What a page gets that runs `script`. */
function run(script: string, index: number): unknown {
  const got: unknown[] = [];
  runInNewContext(script, { ___eio: { [index]: (payload: unknown) => got.push(payload) } });
  expect(got).toHaveLength(1);
  return got[0];
}

describe("jsonp", () => {
  test("off by default: 400", async () => {
    const { url, refusals } = await serve();
    expect((await send(`${url}${handshakeQuery}&j=0`)).status).toBe(400);
    expect(refusals).toMatchObject([{ code: 3, context: { name: "JSONP_UNSUPPORTED" } }]);
  });

  test("handshake, messages both ways, in scripts and forms", async () => {
    const { url, sockets } = await serve(options);
    const opened = await send(`${url}${handshakeQuery}&j=3`);
    expect(opened.headers).toMatchObject({ "content-type": "text/javascript; charset=UTF-8", "x-content-type-options": "nosniff", "access-control-allow-origin": "*" });
    const { sid } = JSON.parse(String(run(opened.body, 3)).slice(1)) as { sid: string };
    const session = `${url}${handshakeQuery}&sid=${sid}&j=4`;
    const got: unknown[] = [];
    sockets[0]!.on("message", (data) => got.push(data));
    expect(await post(session, `d=${encodeURIComponent("4line\\nfeed and \\\\n\x1ebAQID")}`, form)).toMatchObject({ status: 200, body: "ok" });
    expect(got).toEqual(["line\nfeed and \\n", Buffer.from([1, 2, 3])]);
    const nasty = "\"');alert(1)//\\</script>\u2028\u2029\n";
    void sockets[0]!.send(nasty);
    const polled = await send(session);
    expect(polled.body).not.toMatch(/[\u2028\u2029\n]/);
    expect(run(polled.body, 4)).toBe(`4${nasty}`);
  });

  test.each(["", "x", "0)", "1;alert(1)", "-1", "1.5", "9".repeat(10), "%00"])("index %j is refused", async (index) => {
    const { url, refusals } = await serve(options);
    expect((await send(`${url}${handshakeQuery}&j=${index}`)).status).toBe(400);
    expect(refusals).toMatchObject([{ code: 3, context: { name: "JSONP_INDEX" } }]);
  });

  test.each([["4x", form], ["d=4x", { "Content-Type": "text/plain" }], ["e=4x", form]])("a POST of %j as %o ends the session", async (body, headers) => {
    const { url, sockets } = await serve(options);
    const { sid } = JSON.parse(String(run((await send(`${url}${handshakeQuery}&j=0`)).body, 0)).slice(1)) as { sid: string };
    expect((await post(`${url}${handshakeQuery}&sid=${sid}&j=0`, body, headers)).status).toBe(400);
    expect(sockets[0]!.readyState).toBe("closed");
  });

  test("any payload is one call of the callback with exactly it", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (payload) => {
      expect(run(jsonpAnswer("0", payload), 0)).toBe(payload);
    }), { numRuns: 50 });
  });

  test("forms without line feeds come through as they are", () => {
    fc.assert(fc.property(fc.string().filter((payload) => !payload.includes("\\n")), (payload) => {
      expect(jsonpBody(new URLSearchParams({ d: payload }).toString())).toBe(payload);
    }));
    expect(jsonpBody("x=1")).toBeUndefined();
  });
});
