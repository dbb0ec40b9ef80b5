/**
 * Invariants 3 and 6: wherever the link is cut and whoever closes when, nothing is doubled or reordered, nothing is lost
 * while both ends live, both end once and with a documented reason, and nothing is left.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Network } from "../../test/link.js";
import type { CloseReason } from "./session-config.js";

const MESSAGES = 8;
type Event = "cut socket" | "cut http" | "cut both" | "pull cables" | "client closes" | "server closes" | "client closes hastily" | "server closes hastily" | "heartbeat";

const events: Readonly<Record<Event, (network: Network) => void>> = {
  "cut socket": (network) => network.cutSocket(),
  "cut http": (network) => network.cutHttp(),
  "cut both": (network) => {
    network.cutSocket();
    network.cutHttp();
  },
  "pull cables": (network) => network.silence(),
  "client closes": ({ client }) => client.close(),
  "server closes": ({ server }) => server.close(),
  "client closes hastily": ({ client }) => client.close(true),
  "server closes hastily": ({ server }) => server.close(true),
  heartbeat: (network) => network.advance(25_000), // a PING falls due, wherever the upgrade stands
};
const names = Object.keys(events) as Event[];

/** Reasons that each event may leave behind at either end. */
const reasons: Readonly<Record<Event, readonly CloseReason[]>> = {
  "cut socket": ["transport close", "transport error", "ping timeout"],
  "cut http": ["transport close", "transport error", "ping timeout"],
  "cut both": ["transport close", "transport error", "ping timeout"],
  "pull cables": ["ping timeout", "transport error"],
  "client closes": ["forced close", "transport close", "transport error", "ping timeout"], // while opening, it has no session to close yet
  "server closes": ["forced close", "transport close", "transport error"],
  "client closes hastily": ["forced close", "transport close", "transport error", "ping timeout"],
  "server closes hastily": ["forced close", "transport close", "transport error", "parse error"], // OPEN may be among what it drops
  heartbeat: [],
};

/** What each side has managed to send, in order. */
interface Sent {
  readonly client: unknown[];
  readonly server: unknown[];
}

/** Both sides send while `choices` decide what happens next; at step `at` comes `event`. */
function run(choices: readonly number[], event: Event, at: number): { readonly network: Network; readonly sent: Sent } {
  const network = new Network({ upgradeTimeoutMs: 60_000 });
  const sent: Sent = { client: [], server: [] };
  for (let i = 0; i < MESSAGES; i++) {
    network.push("client sends", () => attempt(network, "client", i % 3 === 0 ? new Uint8Array([i]) : `c${i}`, sent));
    network.push("server sends", () => attempt(network, "server", `s${i}`, sent));
  }
  choices.forEach((choice, step) => {
    if (step === at) {
      if (event.startsWith("client closes") && network.client.state === "opening") sent.client.length = 0; // giving up while opening drops what waits
      events[event](network);
    }
    network.step(choice);
  });
  network.settle();
  return { network, sent };
}

function attempt(network: Network, side: "client" | "server", data: string | Uint8Array, sent: Sent): void {
  const { state } = network[side];
  if (state !== "open" && (side === "server" || state !== "opening")) return;
  void network[side].send(data).catch(() => undefined);
  sent[side].push(data);
}

function check({ network, sent }: ReturnType<typeof run>, event: Event): "survived" | "ended" {
  const { client, server, clientSink, serverSink } = network;
  const isPrefix = (messages: unknown[], all: unknown[]): void => { expect(all.slice(0, messages.length)).toEqual(messages); };
  network.exhaust(60_400); // longer than an upgrade, a heartbeat and closing may take
  isPrefix(serverSink.messages, sent.client);
  isPrefix(clientSink.messages, sent.server);
  if (event === "client closes") expect(serverSink.messages, "what was sent before close() arrives").toEqual(sent.client);
  if (event === "server closes") expect(clientSink.messages, "what was sent before close() arrives").toEqual(sent.server);
  expect(client.state, "both learn of the end").toBe(server.state);
  if (client.state === "open") {
    expect([serverSink.messages, clientSink.messages]).toEqual([sent.client, sent.server]);
    expect([clientSink.closes, serverSink.closes]).toEqual([[], []]);
    return "survived";
  }
  expect(client.state).toBe("closed");
  expect([clientSink.closes.length, serverSink.closes.length], "once each").toEqual([1, 1]);
  for (const [reason] of [...clientSink.closes, ...serverSink.closes]) expect(reasons[event]).toContain(reason);
  expect(network.leftovers).toEqual({ deadlines: [Infinity, Infinity], outboxes: [0, 0], isParked: false, requests: 0, streams: 0 });
  return "ended";
}

/** A course without any fault, which goes through everything there is: the last test says so. */
const plain = Array.from({ length: 90 }, (_, step) => step * 19);

describe.each(names)("%s", (event) => {
  test("at every single step of handshake, messages and upgrade, in the plain course", () => {
    const ends = new Set<string>();
    for (let at = 0; at < plain.length; at++) ends.add(check(run(plain, event, at), event));
    if (event === "heartbeat") expect([...ends]).toEqual(["survived"]);
    else if (event.startsWith("cut")) expect(ends.has("ended")).toBe(true);
    else expect([...ends]).toEqual(["ended"]);
  });

  test("at any step, in whatever order things happen", () => {
    const schedule = fc.array(fc.nat({ max: 1000 }), { minLength: 100, maxLength: 100 });
    fc.assert(fc.property(schedule, fc.nat({ max: 80 }), (choices, at) => { check(run(choices, event, at), event); }), { numRuns: 60 });
  });
});

test("the plain course goes through handshake, messages, probe and UPGRADE", () => {
  const { network } = run(plain, "heartbeat", 1000);
  expect(new Set(network.course)).toEqual(new Set(["GET", "GET answer", "POST", "POST answer", "client turn", "server turn", "client sends", "server sends", "connect", "up", "down"]));
  expect([network.client.isUpgraded, network.server.isUpgraded]).toEqual([true, true]);
  expect(network.course.length).toBeLessThanOrEqual(plain.length);
});
