/** Requests of any shape: each ends in one of the documented answers, nothing of the application's is blamed, and nothing is left. */
import { settle } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Server } from "../server.js";

const any = fc.string({ maxLength: 12 });
const query = fc.record({
  EIO: fc.constantFrom("4", "3", "", "4 ", "__proto__"),
  transport: fc.constantFrom("polling", "websocket", "", "webtransport", "constructor"),
  sid: fc.option(fc.oneof(fc.constantFrom("known", "__proto__", ""), any), { nil: undefined }),
  j: fc.option(fc.oneof(fc.constantFrom("0", "12", "1)", ""), any), { nil: undefined }),
  t: fc.option(any, { nil: undefined }),
}, { requiredKeys: [] });

const headers = fc.record({
  "accept-encoding": fc.constantFrom("gzip", "br;q=0.1, *", "gzip;q=x", "identity;q=0"),
  "content-type": fc.constantFrom("text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "application/json", "x"),
  "origin": fc.constantFrom("https://app.example", "null", "https://evil.example", "http://[::1"),
  "x-forwarded-for": fc.constantFrom("192.0.2.1", ",,,", "a, b, c", "[::1", "1.2.3.4:x"),
  "x-forwarded-host": fc.constantFrom("evil.example", "a b", ""),
  "access-control-request-headers": fc.constantFrom("x-a", "x-a, x-b"),
}, { requiredKeys: [] });

const body = fc.oneof(fc.array(fc.constantFrom("1", "2", "3", "4x", "5", "6", "b!", "bAQID", "", "0{}", "9"), { maxLength: 4 }).map((packets) => packets.join("\x1e")), any.map((text) => `d=${encodeURIComponent(text)}`), fc.constant("4".repeat(600)));
const request = fc.record({ method: fc.constantFrom("GET", "GET", "POST", "POST", "OPTIONS", "PUT", "HEAD", "DELETE"), query, headers, body });

const statuses = new Set([200, 204, 400, 403, 413]);

test("no request fails in another way than the documented ones", async () => {
  const failures: unknown[] = [];
  const refusals: { readonly code: number; readonly reason: string }[] = [];
  const server = new Server({ maxHttpBufferSize: 500, jsonp: true, cors: { origin: "*" }, trustProxy: true, generateId: nextId(), httpCompression: { threshold: 10 }, onError: (error) => failures.push(error) });
  server.on("connection_error", (refusal) => refusals.push(refusal)).on("connection", (socket) => void socket.send("hello".repeat(100)));
  await fc.assert(fc.asyncProperty(request, async ({ method, query: parameters, headers: fields, body: text }) => {
    const sid = parameters.sid === "known" ? (Object.keys(server.clients).at(-1) ?? "none") : parameters.sid;
    const search = new URLSearchParams(Object.entries({ ...parameters, sid }).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const hangUp = new AbortController();
    const init = { method, headers: Object.fromEntries(Object.entries(fields)), signal: hangUp.signal, ...(method === "GET" || method === "HEAD" ? {} : { body: text }) };
    const refusedBefore = refusals.length;
    const answer = server.fetch(new Request(`https://app.example/engine.io/?${search.toString()}`, init)).catch(() => undefined);
    for (let turn = 0; turn < 20 && !(await Promise.race([answer.then(() => true), settle(1).then(() => false)])); turn++);
    hangUp.abort();
    const response = await answer;
    if (response === undefined) return; // a poll that would have waited
    expect(statuses).toContain(response.status);
    if (response.status >= 400) {
      expect(refusals).toHaveLength(refusedBefore + 1);
      if (method !== "HEAD") expect(await response.json()).toEqual({ code: refusals.at(-1)?.code, message: expect.any(String) as unknown });
    }
  }), { numRuns: 800 });
  expect(failures).toEqual([]);
  expect(new Set(refusals.map(({ code }) => code)), "each kind was there").toEqual(new Set([0, 1, 2, 3, 5]));
  await server.close();
  expect(server.clientsCount).toBe(0);
});

function nextId(): () => string {
  let count = 0;
  return () => `id${count++}`;
}
