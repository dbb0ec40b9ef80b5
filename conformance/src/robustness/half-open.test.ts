/** TCP that is open on both sides and carries nothing: a pulled cable. Both roles notice by themselves, and leave nothing behind. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, serve, type WebSocketConnection } from "@x/simple-ws";
import { roles, type GroundOptions } from "./ends.js";
import { alive, nothingLeft, until, type Alive } from "./nothing-left.js";
import { relayTo, type Relay } from "./relay.js";

let before: Alive;
const open: { close(): unknown }[] = [];
beforeEach(() => void (before = alive()));
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  await nothingLeft(before);
});

interface Joined {
  readonly server: WebSocketConnection;
  readonly client: WebSocketConnection;
  readonly relay: Relay;
}

async function join(options: { readonly server?: GroundOptions; readonly client?: GroundOptions }): Promise<Joined> {
  const calm: GroundOptions = { pingIntervalMs: 0, closeTimeoutMs: 40 };
  let accepted: (connection: WebSocketConnection) => void = () => undefined;
  const accepting = new Promise<WebSocketConnection>((resolve) => (accepted = resolve));
  const own = await serve({ ...calm, ...options.server, onConnection: accepted });
  const relay = await relayTo(own.port);
  open.push(relay, own);
  const client = await connect(relay.url, { ...calm, ...options.client, proxy: false });
  open.push({ close: () => client.terminate() });
  return { server: await accepting, client, relay };
}

const dead = (reason: string): object => ({ code: 1008, reason, wasClean: false, initiator: "local" });

describe.each(roles)("our %s", (role) => {
  test.each([["both ways", undefined], ["towards the server", "up"], ["towards the client", "down"]] as const)("keepalive notices a link that is dead %s", async (_name, direction) => {
    const joined = await join({ [role]: { pingIntervalMs: 30, pingTimeoutMs: 500 } });
    joined.relay.freeze(direction);
    expect(await joined[role].closed).toEqual(dead("Ping timeout"));
  });

  test("idleTimeoutMs notices it, and so it does a peer that answers Pings only", async () => {
    const joined = await join({ [role]: { idleTimeoutMs: 500 } });
    joined.relay.freeze();
    expect(await joined[role].closed).toEqual(dead("Idle timeout"));
    const polite = await join({ [role]: { idleTimeoutMs: 1_500, pingIntervalMs: 20 } });
    expect(await polite[role].closed).toEqual(dead("Idle timeout"));
    expect(polite[role].stats().latencyMs).toBeGreaterThanOrEqual(0);
  });

  test("without either, close() ends after closeTimeoutMs, ping() by its timeout, and nobody hangs", async () => {
    const joined = await join({});
    const ours = joined[role];
    joined.relay.freeze();
    await expect(ours.ping("x", { timeoutMs: 20 })).rejects.toMatchObject({ phase: "ping", afterMs: 20 });
    const receiving = ours.receive().catch((error: unknown) => error);
    expect(await ours.close(4000, "bye")).toEqual({ code: 4000, reason: "bye", wasClean: false, initiator: "local" });
    expect(await receiving).toMatchObject({ name: "ConnectionClosed", reason: 4000 });
  });

  test("a send() that waits ends with the connection, and what waited is dropped", async () => {
    const joined = await join({ [role]: { pingIntervalMs: 30, pingTimeoutMs: 1_000 } });
    const ours = joined[role];
    joined.relay.freeze();
    const sending = Array.from({ length: 150 }, () => ours.send("x".repeat(100_000)).then(() => "sent", (error: unknown) => error));
    expect(await ours.closed).toMatchObject({ code: 1008, initiator: "local" });
    expect(await sending.at(-1)).toMatchObject({ name: "ConnectionClosed", reason: 1008 });
    expect(ours.bufferedBytes).toBe(0);
  });
});

test("a server that closes does not wait for dead links longer than closeTimeoutMs", async () => {
  let count = 0;
  const server = await serve({ pingIntervalMs: 0, closeTimeoutMs: 60, onConnection: () => { count++; } });
  const relay = await relayTo(server.port);
  open.push(relay);
  const clients = await Promise.all(Array.from({ length: 20 }, () => connect(relay.url, { pingIntervalMs: 0, proxy: false })));
  await until(() => count === 20, "all are connected");
  relay.freeze();
  await server.close();
  expect(server.connectionsCount).toBe(0);
  for (const client of clients) client.terminate();
});
