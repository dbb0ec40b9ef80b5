import { describe, expect, test } from "vitest";
import { chartOf, percentilesOf } from "./histogram.js";
import { parseLine, type Command } from "./input.js";
import { lineOf, type Happening } from "./output.js";
import { escapeText, showBytes } from "./payload.js";

describe("parseLine()", () => {
  test.each<[string, Command]>([
    ["hello", { kind: "send", data: "hello" }], ["", { kind: "send", data: "" }], ["/ping", { kind: "ping", payload: "" }], ["/ping a b", { kind: "ping", payload: "a b" }],
    ["/close", { kind: "close", code: 1000, reason: "" }], ["/close 4000 so long", { kind: "close", code: 4000, reason: "so long" }], ["/close because", { kind: "close", code: 1000, reason: "because" }], ["/quit", { kind: "close", code: 1000, reason: "" }],
    ["/hex 00 fF", { kind: "send", data: Uint8Array.of(0, 255) }], ["/base64 AP8=", { kind: "send", data: Uint8Array.of(0, 255) }], ["/text /close", { kind: "send", data: "/close" }], ["/help", { kind: "help" }],
  ])("reads %j at a terminal", (line, command) => {
    expect(parseLine(line, true, "none")).toEqual(command);
  });

  test.each(["/close 1005", "/close 999", "/hex 0", "/hex zz", "/base64 *", "/nonsense", "/"])("explains what is wrong with %j", (line) => {
    expect(parseLine(line, true, "none")).toMatchObject({ kind: "mistake", text: expect.stringMatching(/./) as string });
  });

  test("a pipe has no commands, and may carry bytes", () => {
    expect(parseLine("/close", false, "none")).toEqual({ kind: "send", data: "/close" });
    expect(parseLine("0001", false, "hex")).toEqual({ kind: "send", data: Uint8Array.of(0, 1) });
    expect(parseLine("no", false, "hex")).toMatchObject({ kind: "mistake" });
  });
});

describe("what is shown", () => {
  const pretty = { mode: "pretty", hasColors: false, timings: false, verbosity: 0, hex: false } as const;

  test.each<[Happening, string | undefined]>([
    [{ kind: "message", direction: "received", data: "a\u0007b" }, "< a\\u{7}b"],
    [{ kind: "message", direction: "sent", data: "typed" }, undefined],
    [{ kind: "message", direction: "received", data: Uint8Array.of(0, 1) }, "< [hex] 00 01"],
    [{ kind: "message", direction: "received", data: Buffer.from("text in bytes"), from: "#1" }, "< #1 text in bytes"],
    [{ kind: "closed", code: 1006, reason: "", wasClean: false }, "closed 1006"],
    [{ kind: "open", url: "ws://h/", protocol: "chat", extensions: "" }, "connected to ws://h/, subprotocol chat"],
    [{ kind: "info", text: "#1 closed 1000 \u001b]0;title\u0007\u009b2J" }, "#1 closed 1000 \\u{1b}]0;title\\u{7}\\u{9b}2J"],
    [{ kind: "control", direction: "received", name: "ping", payload: Buffer.from("x") }, undefined],
  ])("%j is %j at a terminal", (happening, text) => {
    expect(lineOf(happening, pretty, 0)?.text).toBe(text);
  });

  test("messages go to standard output, everything else beside it; colours only where they are wanted", () => {
    expect(lineOf({ kind: "message", direction: "received", data: "x" }, { ...pretty, mode: "plain" }, 0)).toEqual({ to: "stdout", text: "x" });
    expect(lineOf({ kind: "error", text: "no" }, { ...pretty, mode: "plain" }, 0)).toEqual({ to: "stderr", text: "no" });
    expect(lineOf({ kind: "error", text: "no" }, { ...pretty, hasColors: true }, 0)?.text).toContain("\u001b[");
  });

  test("JSON drives no terminal either, and says the same", () => {
    const data = "\u009b2J\u001b[0m\u202e\u{e0001}\ud800 \u2028\n\u{1f600}";
    const line = lineOf({ kind: "message", direction: "received", data }, { ...pretty, mode: "json" }, 0)?.text ?? "";
    expect(line).toMatch(/^[ -~\u{1f600}]*$/u);
    expect(JSON.parse(line)).toMatchObject({ data });
  });

  test("bytes are text where they are text", () => {
    expect(showBytes(Buffer.from("é")).text).toBe("é");
    expect(showBytes(Uint8Array.of(0xff)).text).toBe("ff");
    expect(showBytes(Buffer.from("a\u0000")).encoding).toBe("hex");
    expect(escapeText("a\tb\u2028")).toBe("a\tb\\u{2028}");
  });
});

test("percentiles and their chart", () => {
  const values = Array.from({ length: 100 }, (_, at) => at + 1);
  expect(percentilesOf(values)).toEqual({ p50: 51, p90: 91, p99: 100, max: 100 });
  expect(percentilesOf([])).toEqual({ p50: 0, p90: 0, p99: 0, max: 0 });
  expect(chartOf(values).split("\n")).toHaveLength(8);
  expect(chartOf([])).toBe("");
});
