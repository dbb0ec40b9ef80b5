import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineOf } from "./output.js";
import { parseEvent, parseValues, showValues, withBase64 } from "./values.js";

describe("parseEvent()", () => {
  test.each([
    ["ping", "ping", []],
    ["say hello there", "say", ["hello there"]],
    ["say \"lobby\" {\"a\": [1, \"}\"]} 2 true null", "say", ["lobby", { a: [1, "}"] }, 2, true, null]],
    ["say 1, 2,3", "say", [1, 2, 3]],
    ["\"two words\" -1.5e3", "two words", [-1500]],
    ["[\"say\", \"lobby\", {\"a\": 1}]", "say", ["lobby", { a: 1 }]],
    ["file hex:00fF base64:AP8=", "file", [Buffer.from([0, 255]), Buffer.from([0, 255])]],
    ["  padded   1  ", "padded", [1]],
    ["say 12 monkeys", "say", undefined],
    ["say it's 5", "say", ["it's 5"]],
  ])("reads %j", (line, event, args) => {
    expect(parseEvent(line)).toEqual(args === undefined ? { mistake: "This is no JSON value: monkeys" } : { event, args });
  });

  test.each(["", "   ", "[1, 2]", "[\"say\"", "say {\"a\": }", "say {\"a\": 1", "say [1, 2", "say \"open", "\"open", "\"\" 1"])("explains what is wrong with %j", (line) => {
    expect(parseEvent(line)).toEqual({ mistake: expect.stringMatching(/./) as string });
  });

  test("whatever JSON there is comes back as it was written", () => {
    fc.assert(fc.property(fc.array(fc.jsonValue()), (values) => {
      const text = values.map((value) => JSON.stringify(value)).join(" ");
      expect(parseValues(text)).toEqual({ values: JSON.parse(JSON.stringify(values)) as unknown });
    }));
  });
});

describe("what is shown", () => {
  test("bytes are named, wherever they are, and nothing drives the terminal", () => {
    expect(showValues(["a\u001b[2J\u202e", { file: Buffer.from("ab"), plain: Uint8Array.of(1) }, undefined])).toBe("\"a\\u001b[2J\\u{202e}\" {\"file\":\"hex:6162\",\"plain\":\"hex:01\"} undefined");
    expect(showValues([new Uint8Array(100)])).toBe(`hex:${"00".repeat(64)}… (100 bytes)`);
    expect(withBase64([Buffer.from("ab"), [Uint8Array.of(1)]])).toEqual([{ base64: "YWI=" }, [{ base64: "AQ==" }]]);
  });

  const plain = { mode: "plain", hasColors: false, timings: false, verbosity: 0, hex: false } as const;
  test("events and answers are output, on one line each", () => {
    expect(lineOf({ kind: "event", direction: "received", event: "said", args: ["hi", 2], wantsAnswer: true }, plain, 0)).toEqual({ to: "stdout", text: "said \"hi\" 2" });
    expect(lineOf({ kind: "event", direction: "received", event: "said", args: [], wantsAnswer: true }, { ...plain, mode: "pretty" }, 0)?.text).toBe("< said (/answer …)");
    expect(lineOf({ kind: "answer", direction: "received", args: [3], afterMs: 1.25 }, plain, 0)).toEqual({ to: "stdout", text: "3" });
    expect(lineOf({ kind: "answer", direction: "received", args: [3], afterMs: 1.25 }, { ...plain, mode: "pretty" }, 0)?.text).toBe("< answer after 1.3 ms 3");
    expect(JSON.parse(lineOf({ kind: "event", direction: "received", event: "file", args: [Buffer.from("a")], wantsAnswer: false }, { ...plain, mode: "json" }, 0)?.text ?? "")).toMatchObject({ kind: "event", event: "file", args: [{ base64: "YQ==" }] });
    expect(lineOf({ kind: "disconnected", reason: "io server disconnect" }, { ...plain, mode: "pretty" }, 0)?.text).toBe("disconnected: io server disconnect");
  });
});
