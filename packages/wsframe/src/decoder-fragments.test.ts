/** The frames of messages that come in several, RFC 6455 §5.4. */
import { chunksOf, everySplit, hex, toHex } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { Decoder, Opcode, type DecoderSink } from "./index.js";

/** "Hé" cut within its second character and an empty frame, a Ping between; whole text; bytes in two, masked. */
const toClient = hex("01 02 48 c3  89 01 21  00 00  80 01 a9  81 02 68 69");
const toServer = hex("02 81 00000000 01  80 82 01010101 03 02");

type Log = (string | boolean)[][];

function recording(role: "client" | "server", on: (decoder: Decoder) => void = () => undefined, wantsFragments = true): { decoder: Decoder; log: Log } {
  const log: Log = [];
  const sink: DecoderSink = {
    wantsFragments,
    onFragment: (payload, opcode, isLast) => {
      log.push(["fragment", opcode === Opcode.text ? "text" : "binary", toHex(payload), isLast]);
      on(decoder);
    },
    onMessage: (data) => void log.push(["message", typeof data === "string" ? data : toHex(data)]),
    onPing: (payload) => void log.push(["ping", toHex(payload)]),
    onPong: () => undefined,
    onClose: () => undefined,
  };
  const decoder = new Decoder({ role, sink });
  return { decoder, log };
}

const inText = [["fragment", "text", "48 c3", false], ["ping", "21"], ["fragment", "text", "", false], ["fragment", "text", "a9", true], ["message", "Hé"], ["message", "hi"]];
const inBytes = [["fragment", "binary", "01", false], ["fragment", "binary", "02 03", true], ["message", "01 02 03"]];

describe("onFragment", () => {
  test.each([["client", toClient, inText], ["server", toServer, inBytes]] as const)("a %s hears of each frame of a message in several, whole, however TCP cuts it", (role, wire, expected) => {
    for (const chunks of [[wire], ...everySplit(wire), [...chunksOf(wire, 1)]]) {
      const { decoder, log } = recording(role);
      for (const chunk of chunks) decoder.push(chunk);
      expect(log).toEqual(expected);
    }
  });

  test("is not called where nobody wants it", () => {
    const { decoder, log } = recording("client", undefined, false);
    decoder.push(toClient);
    expect(log).toEqual(inText.filter(([kind]) => kind !== "fragment"));
  });

  test("a callback that pauses holds back all that follows, the message it belongs to included", () => {
    const { decoder, log } = recording("client", (one) => one.pause());
    decoder.push(toClient);
    for (const told of [1, 3, 4]) {
      expect(log).toEqual(inText.slice(0, told));
      decoder.resume();
    }
    expect(log).toEqual(inText);
  });

  test("pushes from within keep their order behind a message that was held back", () => {
    const { decoder, log } = recording("client", (one) => one.pause());
    decoder.push(toClient.subarray(0, -4));
    decoder.resume();
    decoder.resume();
    decoder.push(toClient.subarray(-4));
    expect(log).toEqual(inText.slice(0, 4));
    decoder.resume();
    expect(log).toEqual(inText);
  });
});
