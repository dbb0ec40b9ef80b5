/** Why a session ended, as both sides hear it: ours beside the official peer, for every way to end. */
import { type Connection as OurClient, connect } from "@x/engineio/client";
import type { Socket as OurServerSocket, ServerOptions } from "@x/engineio/server";
import { FakeClock } from "@x/testkit";
import type { ServerOptions as PeerOptions, Socket as PeerServerSocket } from "engine.io";
import type { Socket as PeerSocket } from "engine.io-client";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll, once, ourServer, peerClient, peerServer } from "./peers.js";

afterEach(closeAll);

type Transport = "polling" | "websocket";

/** A packet as it is, good or bad, by the official client's own transport. */
function sendRaw(client: PeerSocket, wire: string): void {
  const { transport } = client as unknown as { transport: { ws?: { send: (data: string) => void }; doWrite: (data: string, done: () => void) => void } };
  if (transport.ws === undefined) transport.doWrite(wire, () => undefined);
  else transport.ws.send(wire);
}

/** It answers no heartbeat, and misses none. */
function mute(client: PeerSocket): void {
  clearTimeout((client as unknown as { _pingTimeoutTimer: NodeJS.Timeout })._pingTimeoutTimer);
  Object.assign(client, { _sendPacket: () => undefined, _resetPingTimeout: () => undefined });
}

/** The network, gone: for polling its end is noticed at the next request. */
function cut(client: PeerSocket): void {
  const { transport } = client as unknown as { transport: { ws?: { terminate: () => void } } };
  transport.ws?.terminate();
}

interface ServerCase {
  readonly name: string;
  readonly transports: readonly Transport[];
  readonly options?: ServerOptions;
  readonly act: (ours: OurServerSocket, theirs: PeerSocket, close: () => Promise<void>) => unknown;
  readonly ours: string;
  /** Two where a CLOSE to the parked poll and the refusal of the POST race on connections of their own. */
  readonly theirs: string | readonly string[];
}

const both = ["polling", "websocket"] as const;

const serverCases: readonly ServerCase[] = [
  { name: "the client closes", transports: both, act: (_, theirs) => theirs.close(), ours: "transport close", theirs: "forced close" },
  { name: "the server closes the session", transports: both, act: (ours) => ours.close(), ours: "forced close", theirs: "transport close" },
  { name: "the server closes", transports: both, act: (_, __, close) => close(), ours: "server shutting down", theirs: "transport close" },
  { name: "the client is silent", transports: both, options: { pingInterval: 10, pingTimeout: 1_000 }, act: (_, theirs) => mute(theirs), ours: "ping timeout", theirs: "transport close" },
  { name: "the server is silent", transports: both, options: { pingInterval: 20, pingTimeout: 1_000, clock: new FakeClock() }, act: () => undefined, ours: "transport close", theirs: "ping timeout" },
  { name: "the client sends a packet of no type", transports: ["websocket"], act: (_, theirs) => sendRaw(theirs, "abc"), ours: "parse error", theirs: "transport close" },
  { name: "the client sends a packet of no type", transports: ["polling"], act: (_, theirs) => sendRaw(theirs, "abc"), ours: "parse error", theirs: ["transport close", "transport error"] },
  { name: "the client sends too much", transports: ["websocket"], options: { maxHttpBufferSize: 100 }, act: (_, theirs) => sendRaw(theirs, `4${"x".repeat(100)}`), ours: "transport error", theirs: "transport close" },
  { name: "the client sends too much", transports: ["polling"], options: { maxHttpBufferSize: 100 }, act: (_, theirs) => sendRaw(theirs, `4${"x".repeat(100)}`), ours: "transport error", theirs: ["transport close", "transport error"] },
  { name: "the network breaks", transports: ["websocket"], act: (_, theirs) => cut(theirs), ours: "transport close", theirs: "transport close" },
];

describe.each(serverCases)("our server, official client: $name", ({ transports, options, act, ours: ourReason, theirs: theirReason }) => {
  test.each(transports)("over %s", async (transport) => {
    const { server, url, parked } = await ourServer(options);
    const connection = once<OurServerSocket>((done) => server.once("connection", done));
    const theirs = peerClient(url, { transports: [transport] });
    const opened = once((done) => theirs.once("open", () => done(undefined)));
    const theirEnd = once<string>((done) => theirs.once("close", done));
    const ours = await connection;
    const ourEnd = once<string>((done) => ours.once("close", done));
    await opened;
    if (transport === "polling") await parked;
    act(ours, theirs, () => server.close());
    expect(await ourEnd).toBe(ourReason);
    expect([theirReason].flat()).toContain(await theirEnd);
    expect(server.clientsCount).toBe(0);
  });
});

function stopPinging(socket: PeerServerSocket): void {
  clearTimeout((socket as unknown as { pingIntervalTimer: NodeJS.Timeout }).pingIntervalTimer);
}

interface ClientCase {
  readonly name: string;
  readonly transports: readonly Transport[];
  readonly options?: PeerOptions;
  readonly act: (ours: OurClient, theirs: PeerServerSocket, close: () => unknown) => unknown;
  readonly ours: string;
  readonly theirs: string;
}

const clientCases: readonly ClientCase[] = [
  { name: "the client closes", transports: both, act: (ours) => ours.close(), ours: "forced close", theirs: "transport close" },
  { name: "the server closes the session", transports: both, act: (_, theirs) => theirs.close(), ours: "transport close", theirs: "forced close" },
  { name: "the server closes", transports: both, act: (_, __, close) => close(), ours: "transport close", theirs: "forced close" },
  { name: "the server sends a packet of no type", transports: ["websocket"], act: (_, theirs) => { (theirs.transport as unknown as { send: (packets: unknown[]) => void }).send([{ type: "nonsense" }]); }, ours: "parse error", theirs: "transport close" },
  { name: "the server is silent", transports: ["websocket"], options: { pingInterval: 20, pingTimeout: 1_000 }, act: (_, theirs) => stopPinging(theirs), ours: "ping timeout", theirs: "transport close" },
  { name: "the server is silent", transports: ["polling"], options: { pingInterval: 20, pingTimeout: 1_000 }, act: (_, theirs) => stopPinging(theirs), ours: "ping timeout", theirs: "transport error" },
];

describe.each(clientCases)("official server, our client: $name", ({ transports, options, act, ours: ourReason, theirs: theirReason }) => {
  test.each(transports)("over %s", async (transport) => {
    const { server, url, parked } = await peerServer(options);
    const connection = once<PeerServerSocket>((done) => server.once("connection", done));
    const ours = await connect(url, { transports: [transport] });
    if (transport === "polling") await parked;
    const theirs = await connection;
    const ends = [once<string>((done) => ours.once("close", done)), once<string>((done) => theirs.once("close", done))];
    act(ours, theirs, () => server.close());
    expect(await Promise.all(ends)).toEqual([ourReason, theirReason]);
  });
});
