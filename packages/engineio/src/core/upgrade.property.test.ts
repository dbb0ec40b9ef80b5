/** Invariant: during an upgrade no packet is lost, doubled or reordered, wherever the link is cut. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Network } from "../../test/link.js";

const MESSAGES = 12;

/** Both sides send numbered messages while the choices decide what happens next. */
function run(choices: readonly number[], cutAt: number, cut: "socket" | "http" | "none"): Network {
  const network = new Network();
  for (let i = 0; i < MESSAGES; i++) {
    network.push("client sends", () => { if (network.client.state !== "closed") void network.client.send(`c${i}`); });
    network.push("server sends", () => { if (network.server.state === "open") void network.server.send(i % 3 === 0 ? new Uint8Array([i]) : `s${i}`); });
  }
  choices.forEach((choice, step) => {
    if (step === cutAt && cut === "socket") network.cutSocket();
    if (step === cutAt && cut === "http") network.cutHttp();
    network.step(choice);
  });
  network.settle();
  return network;
}

const expectedByServer = Array.from({ length: MESSAGES }, (_, i) => `c${i}`);
const expectedByClient = Array.from({ length: MESSAGES }, (_, i) => (i % 3 === 0 ? new Uint8Array([i]) : `s${i}`));
const schedule = fc.array(fc.nat({ max: 1000 }), { minLength: 150, maxLength: 150 });

describe("an upgrade", () => {
  test("loses, doubles and reorders nothing, in whatever order things happen", () => {
    fc.assert(fc.property(schedule, (choices) => {
      const { client, server, clientSink, serverSink } = run(choices, -1, "none");
      expect(serverSink.messages).toEqual(expectedByServer);
      expect(clientSink.messages).toEqual(expectedByClient);
      expect([client.isUpgraded, server.isUpgraded, client.state, server.state]).toEqual([true, true, "open", "open"]);
    }), { numRuns: 400 });
  });

  test.each(["socket", "http"] as const)("loses nothing when the %s link is cut at any step, unless the session ends; never doubles or reorders", (cut) => {
    let survivors = 0;
    fc.assert(fc.property(schedule, fc.nat({ max: 110 }), (choices, cutAt) => {
      const network = run(choices, cutAt, cut);
      network.advance(10_001); // an upgrade that the cut left hanging is over by now
      network.settle();
      const { client, server, clientSink, serverSink } = network;
      expect(expectedByServer.slice(0, serverSink.messages.length)).toEqual(serverSink.messages);
      expect(expectedByClient.slice(0, clientSink.messages.length)).toEqual(clientSink.messages);
      if (client.state === "open" && server.state === "open") {
        survivors++;
        expect(serverSink.messages).toEqual(expectedByServer);
        expect(clientSink.messages).toEqual(expectedByClient);
      }
      for (let elapsed = 0; elapsed < 100_000; elapsed += 400) {
        network.advance(400);
        network.settle();
      }
      expect(client.state, "both ends learn of the end").toBe(server.state);
      expect([clientSink.closes.length, serverSink.closes.length]).toEqual(client.state === "closed" ? [1, 1] : [0, 0]);
    }), { numRuns: 500 });
    expect(survivors).toBeGreaterThan(0);
  });

  test("cut at every single step of the plain course: the session goes on with polling until the client has committed itself", () => {
    for (let cutAt = 0; cutAt < 60; cutAt++) {
      const { client, server, clientSink, serverSink } = run(Array.from({ length: 80 }, (_, i) => i), cutAt, "socket");
      if (client.state !== "open") continue;
      expect(serverSink.messages).toEqual(expectedByServer);
      expect(clientSink.messages).toEqual(expectedByClient);
      expect(server.state).toBe("open");
    }
  });

  test("heartbeats go on while it hangs, and it ends after upgradeTimeout", () => {
    const network = new Network({ upgradeTimeoutMs: 60_000 });
    network.clientSink.opened = () => {};
    network.settle();
    const stuck = { name: "websocket", isCongested: false, write: () => Promise.resolve(), writePrepared: () => Promise.resolve(), flush: () => undefined, pause() {}, resume() {}, end() {} } as const;
    expect(network.server.tryUpgrade(stuck)).toBe(true);
    expect(network.server.tryUpgrade(stuck), "a second one is not wanted").toBe(false);
    network.advance(25_000);
    network.settle();
    expect(network.serverSink.log.filter((entry) => entry === "heartbeat")).toHaveLength(1);
    network.advance(25_000);
    network.settle();
    expect(network.serverSink.log.filter((entry) => entry === "heartbeat")).toHaveLength(2);
    network.advance(9_999);
    expect(network.server.isUpgrading).toBe(true);
    network.advance(1);
    expect(network.server.isUpgrading).toBe(false);
    expect(network.serverSink.log).toContain("upgradeError");
    expect(network.server.state).toBe("open");
  });
});
