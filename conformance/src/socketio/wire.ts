/** A client that speaks frames on a bare WebSocket, with no library between it and the server. */
import { expect, onTestFinished } from "vitest";
import { WebSocket } from "ws";

export interface Wire {
  send(data: string | Uint8Array): void;
  /** The next message, or `closed`. */
  read(): Promise<string>;
}

/** @returns a connection whose Engine.IO handshake is over. */
export async function dial(url: string): Promise<Wire> {
  const ws = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  onTestFinished(() => ws.terminate());
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  const push = (message: string): void => {
    const reader = waiting.shift();
    if (reader === undefined) messages.push(message);
    else reader(message);
  };
  ws.on("message", (data: Buffer) => push(data.toString()));
  ws.on("close", () => push("closed"));
  const wire: Wire = {
    send: (data) => ws.send(data),
    read: () => new Promise((resolve) => {
      const message = messages.shift();
      if (message === undefined) waiting.push(resolve);
      else resolve(message);
    }),
  };
  expect(await wire.read()).toMatch(/^0\{"sid"/);
  return wire;
}

/** @returns a connection that is in the default namespace. */
export async function join(url: string): Promise<Wire> {
  const wire = await dial(url);
  wire.send("40");
  expect(await wire.read()).toMatch(/^40\{"sid"/);
  return wire;
}
