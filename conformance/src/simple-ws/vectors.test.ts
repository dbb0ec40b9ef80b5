/** RFC 6455's and RFC 7692's vectors, played to a live server: what it heard, how it closed, and that nothing followed. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serve, type WebSocketServer } from "@x/simple-ws";
import { concat, toHex } from "@x/testkit";
import { bytesOf, clientFrame, play, vectorsOf } from "../vectors.js";

let server: WebSocketServer;
const heard: (readonly [string, string])[] = [];

async function start(perMessageDeflate: boolean): Promise<void> {
  server = await serve({
    perMessageDeflate,
    maxMessageBytes: 65_536,
    pingIntervalMs: 0,
    onConnection: (connection) => connection.attach({ onMessage: (data) => void heard.push(typeof data === "string" ? ["text", data] : ["binary", toHex(data)]), onClose: () => undefined }),
  });
}

beforeEach(() => void (heard.length = 0));
afterEach(() => server.close());

const leave = clientFrame(0x88, Uint8Array.of(0x03, 0xe8));

interface FramingVector { readonly name: string; readonly section: string; readonly to: string; readonly wire: string; readonly events: readonly (readonly [string, ...unknown[]])[]; readonly error?: string; readonly closeCode?: number }

describe("RFC 6455", () => {
  const { streams } = vectorsOf("rfc6455") as { streams: readonly FramingVector[] };
  const toServers = streams.filter(({ to, wire }) => to === "server" && bytesOf(wire).length < 70_000);

  test.each(toServers.map((vector) => [vector.name, vector.section, vector] as const))("%s (§%s)", async (_name, _section, { wire, events, error, closeCode }) => {
    await start(false);
    const bytes = bytesOf(wire);
    const isClosed = events.some(([kind]) => kind === "close");
    const sent = error === undefined && !isClosed ? concat(bytes, leave) : bytes;
    for (const cuts of cutsOf(bytes)) {
      heard.length = 0;
      const played = await play(server.port, sent, cuts);
      expect(played.bytesAfterClose).toBe(0);
      expect(played.close).toBe(error === undefined ? (isClosed ? codeOf(events) : 1000) : closeCode);
      expect(heard.map(([kind]) => kind)).toEqual(events.map(([kind]) => kind).filter((kind) => kind === "text" || kind === "binary"));
    }
  });
});

interface DeflateVector { readonly name: string; readonly section: string; readonly frames: readonly (readonly [string, string])[]; readonly messages: readonly (readonly [string, string])[]; readonly close: number }

describe("RFC 7692", () => {
  const { streams } = vectorsOf("rfc7692") as { streams: readonly DeflateVector[] };

  test.each(streams.map((vector) => [vector.name, vector.section, vector] as const))("%s (§%s)", async (_name, _section, { frames, messages, close }) => {
    await start(true);
    const bytes = concat(...frames.map(([first, payload]) => clientFrame(parseInt(first, 16), bytesOf(payload))));
    for (const cuts of cutsOf(bytes)) {
      heard.length = 0;
      expect(await play(server.port, concat(bytes, leave), cuts, "Sec-WebSocket-Extensions: permessage-deflate\r\n")).toEqual({ close, bytesAfterClose: 0 });
      expect(heard).toEqual(messages);
    }
  });
});

/** In one piece, byte by byte where that is quick, and cut in two at a few places. */
function cutsOf({ length }: Uint8Array): number[][] {
  const byByte = length <= 64 ? [Array.from({ length: length - 1 }, (_, at) => at + 1)] : [];
  const places = [1, 2, 6, Math.floor(length / 2), length - 1].filter((at) => at > 0 && at < length);
  return [[], ...byByte, ...places.map((at) => [at])];
}

/** What the echo of a peer's Close says; an empty one is 1005. */
function codeOf(events: FramingVector["events"]): number {
  return Number(events.find(([kind]) => kind === "close")?.[1]);
}
