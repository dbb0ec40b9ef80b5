/** Python's websockets, websocket-client and wsproto against @x/simple-ws, both ways, compressed where they can. */
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "@x/simple-ws";
import { Opened, ourEcho } from "./peers.js";
import { hasPython, installPython, pythonClient, pythonServer } from "./python.js";

const opened = new Opened();
afterEach(() => opened.closeAll());

test.runIf(process.env["CI"] === "true")("Python's libraries are installed", () => {
  expect(hasPython, installPython).toBe(true);
});

describe.runIf(hasPython)("clients", () => {
  test.each([["websockets", true], ["websocket-client", false], ["wsproto", true]] as const)("%s, which compresses: %s", async (library, compresses) => {
    const { server, closes } = await ourEcho(opened, { subprotocols: "chat", perMessageDeflate: { thresholdBytes: 100 } });
    const seen = await pythonClient(library, server.url);
    expect(seen.echoed).toEqual(seen.echoed.map(() => true));
    expect(seen.echoed.length).toBeGreaterThan(18);
    expect(seen.subprotocol).toBe("chat");
    expect(seen.extensions.length > 0).toBe(compresses);
    expect(seen.closed).toEqual([4000, "done"]);
    expect(await closes[0]).toMatchObject({ code: 4000, reason: "done", wasClean: true, initiator: "remote" });
  });
});

describe.runIf(hasPython)("servers", () => {
  const messages = ["", "é".repeat(600), "x".repeat(65_536), "y".repeat(300_000), Buffer.alloc(0), Buffer.alloc(70_000, 7), Buffer.from("plain")];

  test.each([["websockets", true], ["wsproto", true], ["websockets", false], ["wsproto", false]] as const)("%s, compressed: %s", async (library, perMessageDeflate) => {
    const server = await pythonServer(library);
    opened.add(() => server.close());
    const client = await connect(server.url, { subprotocols: "chat", perMessageDeflate: perMessageDeflate && { thresholdBytes: 100 } });
    opened.add(() => client.terminate());
    expect([client.protocol, client.extensions.startsWith("permessage-deflate")]).toEqual(["chat", perMessageDeflate]);
    for (const message of messages) void client.send(message);
    for (const message of messages) expect(await client.receive({ timeoutMs: 30_000 })).toEqual(message);
    expect(await client.ping()).toBeGreaterThanOrEqual(0);
    expect(await client.close(4_000, "done")).toMatchObject({ code: 4_000, wasClean: true });
  });
});
