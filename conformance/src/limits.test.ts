/** Every limit of @x/wsframe and @x/simple-ws that SECURITY.md promises, and the tests that hold it: at the limit, and one past it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

const limits = "packages/wsframe/src/limits.test.ts";
const node = "packages/simple-ws/src/node";
const core = "packages/simple-ws/src/core";
const memory = "packages/simple-ws/src/memory";

/** By the first words of a row; where a row names two options, both tests. */
const shownBy: ReadonlyMap<string, readonly (readonly [file: string, title: string])[]> = new Map([
  ["maxMessageBytes (after reassembly)", [[`${core}/connection.test.ts`, "maxMessageBytes: at the limit a message, one over 1009"]]],
  ["maxFrameBytes", [[limits, "maxFrameBytes holds for whole and for continued frames"]]],
  ["maxFragments", [[limits, "maxFragments holds for empty fragments too"], [`${core}/connection.test.ts`, "maxFragments: at the limit a message, one over is 1009"]]],
  ["maxControlFrames", [[`${core}/connection.test.ts`, "maxControlFrames: at the limit within a second they are answered, one over is 1008"]]],
  ["maxPausedBytes", [[limits, "maxPausedBytes holds for what is pushed while paused"]]],
  ["maxMessageBytes of a compressed message", [[`${node}/deflate.test.ts`, "maxBytes: at the limit it is read, one over is too big, and no more memory than that is taken"]]],
  ["jobs of permessage-deflate", [[`${node}/deflate.test.ts`, "at most so many jobs run at once, the others wait their turn"]]],
  ["entries and parameters", [["packages/wsframe/src/extension-header.test.ts", "entries and parameters are bounded: at the limit they are read, one over refused"]]],
  ["maxInboxBytes, maxInboxMessages", [[`${memory}/pressure.test.ts`, "%s pauses reading at the limit; nothing is lost"], [`${memory}/pressure.test.ts`, "maxInboxBytes"]]],
  ["highWaterMarkBytes", [[`${memory}/pressure.test.ts`, "send() resolves at once below the mark, later above it"]]],
  ["maxBufferedBytes", [[`${memory}/pressure.test.ts`, "maxBufferedBytes: at the limit it is sent, one byte over it throws and sends nothing"]]],
  ["maxReceivers, maxPings", [[`${memory}/pair.test.ts`, "maxReceivers: at the limit they wait, one over is refused"], [`${memory}/pair.test.ts`, "maxPings and 125 bytes are the limits"]]],
  ["maxConnections", [[`${node}/serve.test.ts`, "maxConnections: at the limit they connect, one over is 503"]]],
  ["handshakeTimeoutMs", [[`${node}/serve.test.ts`, "handshakeTimeoutMs and connectTimeoutMs"], ["conformance/src/robustness/handshakes.test.ts", "sends its request an octet at a time"]]],
  ["connectTimeoutMs", [[`${node}/hostile-server.test.ts`, "connectTimeoutMs holds, and the signal is heard"]]],
  ["maxRedirects", [[`${node}/network.test.ts`, "not by default, and not one more than allowed"]]],
  ["maxHeaderBytes, maxHeaderLines of an answer", [[`${core}/handshake/headers.test.ts`, "maxHeaderBytes and maxHeaderLines hold at the limit and end at limit + 1"]]],
  ["maxHeaderBytes of a request", [[`${node}/hostile-client.test.ts`, "maxHeaderBytes: a head of so many bytes is read, one whose values alone have as many is 431"]]],
  ["maxErrorBodyBytes", [[`${core}/handshake/client.test.ts`, "keeps at most maxErrorBodyBytes of a body: at the limit all of it, one over is cut"]]],
  ["idleTimeoutMs", [[`${core}/keepalive.test.ts`, "only messages put off the idle timeout"], ["conformance/src/robustness/half-open.test.ts", "idleTimeoutMs notices it"]]],
  ["pingIntervalMs, pingTimeoutMs", [[`${core}/connection.test.ts`, "a silent peer: 1008 after interval and timeout, not before"]]],
  ["closeTimeoutMs", [[`${memory}/pair.test.ts`, "a peer that reads nothing is hung up on after closeTimeoutMs"]]],
]);

const section = /### @x\/wsframe and @x\/simple-ws\n([\s\S]*?)\n### /.exec(read("SECURITY.md"))?.[1] ?? "";
const rows = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| option |")).map((line) => (line.split(" | ", 1)[0] ?? "").slice(2).replaceAll("`", ""));

/** The longest name that the row begins with. */
function nameOf(row: string): string | undefined {
  return [...shownBy.keys()].filter((name) => row.startsWith(name)).sort((one, other) => other.length - one.length)[0];
}

test("every test is somebody's, and every row has one", () => {
  expect(rows.length).toBeGreaterThanOrEqual(22);
  expect([...shownBy.keys()].filter((name) => !rows.some((row) => nameOf(row) === name))).toEqual([]);
});

test.each(rows)("%s", (row) => {
  const tests = shownBy.get(nameOf(row) ?? "") ?? [];
  expect(tests).not.toEqual([]);
  for (const [file, title] of tests) expect(read(file)).toContain(title);
});
