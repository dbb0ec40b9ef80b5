/** A transport that nobody here wrote, Node's MessagePort, on both sides: as the first one, and as one to upgrade to. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { expect, test } from "vitest";
import { next, serve } from "../../test/http.js";
import { connect } from "../client.js";
import { type PacketListener, type PacketStream, streamTransport } from "../transport.js";

type Posted = { readonly packet: string | Uint8Array } | { readonly code: number };

/** All that it takes. */
class PortStream implements PacketStream {
  readonly name = "port";
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  send(packet: string | Uint8Array): undefined {
    this.#port.postMessage({ packet } satisfies Posted);
  }

  listen(listener: PacketListener): void {
    this.#port.on("message", (posted: Posted) => {
      if ("packet" in posted) listener.onPacket(posted.packet);
      else this.#port.close();
    });
    this.#port.on("close", () => listener.onClose());
  }

  close(code: number): void {
    this.#port.postMessage({ code } satisfies Posted); // what was sent before arrives before
  }
}

test.each([["as the first transport", ["port"], false], ["as one to upgrade to", ["polling", "port"], true]] as const)("%s: messages whole and in order, and an orderly end", async (_name, names, isUpgrade) => {
  const { server, url } = await serve({ customTransports: ["port"] });
  const received: unknown[] = [];
  const closed = next<string>((done) => server.on("connection", (socket) => {
    socket.on("message", (data) => {
      received.push(typeof data === "string" ? data : [...data]);
      void socket.send(data);
    });
    socket.on("close", done);
  }));
  const port = streamTransport("port", (target) => {
    const { port1, port2 } = new MessageChannel();
    const sid = new URL(target).searchParams.get("sid") ?? undefined;
    void server.handleTransport(new PortStream(port2), { request: new Request(target), sid });
    return Promise.resolve(new PortStream(port1));
  });
  const client = await connect(url, { transports: names.map((name) => (name === "port" ? port : name)) });
  const echoed: unknown[] = [];
  const all = next<number>((done) => client.on("message", (data) => {
    echoed.push(typeof data === "string" ? data : [...data]);
    if (echoed.length === 50) done(50);
  }));
  const upgraded = isUpgrade ? next((done) => client.once("upgrade", done)) : undefined;
  const sent = Array.from({ length: 50 }, (_, i) => (i % 5 === 0 ? [i, 255 - i] : `message ${i}`));
  for (const data of sent.slice(0, 25)) void client.send(typeof data === "string" ? data : new Uint8Array(data));
  await upgraded;
  for (const data of sent.slice(25)) void client.send(typeof data === "string" ? data : new Uint8Array(data));
  await all;
  expect([received, echoed, client.transport.name, client.upgraded]).toEqual([sent, sent, "port", isUpgrade]);
  client.close();
  expect(await closed).toBe("transport close");
});
