/** Handshakes with bytes changed at random: the outcome is one of those that are documented, whatever comes. */
import { expect, test } from "vitest";
import { WebSocketException } from "@x/errors/wsframe";
import { seededRandom } from "@x/testkit";
import { ClientHandshake } from "./client.js";
import { judgeUpgrade } from "./server.js";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000_007);
const random = seededRandom(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const COUNT = 10_000;

const answers = [
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACC=\r\nSec-WebSocket-Protocol: a\r\nSec-WebSocket-Extensions: x; y=1\r\n\r\n\u0081\u0000",
  "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\nSet-Cookie: a=1\r\n\r\nwho?!",
  "HTTP/1.1 503 Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nbusy\r\n0\r\n\r\n",
  "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n",
];
const noise = ["\r", "\n", "\r\n", ":", " ", "\u0000", "é", "HTTP/1.1", ";", ",", "__proto__: x\r\n", "ffffffff\r\n", "\t"];

test(`ClientHandshake opens, or fails with an error of the family (SEED=${seed})`, () => {
  const wrong: string[] = [];
  for (let count = 0; count < COUNT; count++) {
    let text = answers[below(answers.length)] ?? "";
    for (let changes = below(5); changes > 0; changes--) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + (noise[below(noise.length)] ?? "") + text.slice(at + below(4));
    }
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const handshake = new ClientHandshake("ACC=", { subprotocols: ["a"], extensions: [] }, { maxHeaderBytes: 400, maxHeaderLines: 10, maxErrorBodyBytes: 10 });
    const cut = below(bytes.length + 1);
    const outcomes = [handshake.receive(bytes.subarray(0, cut)), handshake.receive(bytes.subarray(cut)), handshake.receiveEnd()];
    const isDocumented = outcomes.every((outcome) => outcome.kind !== "failed" || outcome.error instanceof WebSocketException);
    if (!isDocumented || outcomes[2]?.kind === "pending") wrong.push(text);
  }
  expect(wrong).toEqual([]);
});

test(`judgeUpgrade() accepts or refuses (SEED=${seed})`, () => {
  const good: Record<string, string> = { "host": "h.test", "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13", "origin": "http://h.test", "sec-websocket-protocol": "a, b", "sec-websocket-extensions": "x; y=1" };
  const names = Object.keys(good);
  const statuses: ReadonlySet<number> = new Set([400, 403, 405, 426]);
  const wrong: unknown[] = [];
  for (let count = 0; count < COUNT; count++) {
    const headers: Record<string, string | string[]> = { ...good };
    for (let changes = below(4); changes > 0; changes--) {
      const name = names[below(names.length)] ?? "";
      const value = good[name] ?? "";
      const at = below(value.length + 1);
      headers[name] = below(8) === 0 ? [value, value] : value.slice(0, at) + (noise[below(noise.length)] ?? "") + value.slice(at + below(3));
    }
    const factory = { name: "x", reservedBits: 0x20, offer: () => [], accept: () => undefined, agree: () => { throw new Error("not asked"); } };
    const verdict = judgeUpgrade({ method: below(20) === 0 ? "POST" : "GET", httpVersion: "1.1", headers }, { origin: "same-origin", chooseSubprotocol: ([first]) => first, extensions: [factory] });
    if (!(verdict.kind === "refuse" ? statuses.has(verdict.refusal.statusCode) : verdict.key.length === 24)) wrong.push(headers);
  }
  expect(wrong).toEqual([]);
});
