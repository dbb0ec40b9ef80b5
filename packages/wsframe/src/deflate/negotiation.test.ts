import { describe, expect, test } from "vitest";
import { formatExtensions, parseExtensions } from "../extension-header.js";
import type { ExtensionEntry } from "../extension.js";
import { acceptOffer, agreeTo, offerOf, type Agreement } from "./negotiation.js";
import { parseDeflateOptions, type PerMessageDeflateOptions } from "./options.js";

const entryOf = (parameters: string): ExtensionEntry => parseExtensions(`permessage-deflate${parameters === "" ? "" : `; ${parameters}`}`)[0] ?? { name: "", parameters: [] };
const parametersOf = (entry: ExtensionEntry): string => formatExtensions([entry]).slice("permessage-deflate; ".length);
/** "12 keep" is a window of 12 bits with context takeover, "15 -" one of 15 without. */
const shown = ({ sending, receiving }: Agreement): string[] => [sending, receiving].map(({ windowBits, keepsContext }) => `${windowBits} ${keepsContext ? "keep" : "-"}`);

describe("a client's offer (RFC 7692 §7.1)", () => {
  test.each<[PerMessageDeflateOptions, string]>([
    [{}, "client_max_window_bits"],
    [{ clientMaxWindowBits: 9 }, "client_max_window_bits=9"],
    [{ serverMaxWindowBits: 10 }, "server_max_window_bits=10; client_max_window_bits"],
    [{ serverNoContextTakeover: true, clientNoContextTakeover: true }, "server_no_context_takeover; client_no_context_takeover; client_max_window_bits"],
  ])("with %j says %j", (options, expected) => {
    expect(parametersOf(offerOf(parseDeflateOptions(options)))).toBe(expected);
  });
});

describe("a server's answer (RFC 7692 §7.1)", () => {
  test.each<[string, PerMessageDeflateOptions, string, string[]]>([
    ["", {}, "", ["12 keep", "15 keep"]],
    ["client_max_window_bits", {}, "client_max_window_bits=12", ["12 keep", "12 keep"]],
    ["client_max_window_bits=10", {}, "client_max_window_bits=10", ["12 keep", "10 keep"]],
    ["client_max_window_bits=15", { clientMaxWindowBits: 15 }, "client_max_window_bits=15", ["12 keep", "15 keep"]],
    ["client_max_window_bits=8", {}, "client_max_window_bits=8", ["12 keep", "8 keep"]],
    ["server_max_window_bits=8", {}, "server_max_window_bits=8", ["8 keep", "15 keep"]],
    ["server_max_window_bits=15", {}, "server_max_window_bits=12", ["12 keep", "15 keep"]],
    ["server_max_window_bits=15", { serverMaxWindowBits: 15 }, "server_max_window_bits=15", ["15 keep", "15 keep"]],
    ["", { serverMaxWindowBits: 10 }, "server_max_window_bits=10", ["10 keep", "15 keep"]],
    ["server_no_context_takeover", {}, "server_no_context_takeover", ["12 -", "15 keep"]],
    ["client_no_context_takeover", {}, "client_no_context_takeover", ["12 keep", "15 -"]],
    ["", { serverNoContextTakeover: true, clientNoContextTakeover: true }, "server_no_context_takeover; client_no_context_takeover", ["12 -", "15 -"]],
    ["", { clientMaxWindowBits: 9 }, "", ["12 keep", "15 keep"]], // §7.1.2.2: must not be answered where it was not offered
    ['server_max_window_bits="9"', {}, "server_max_window_bits=9", ["9 keep", "15 keep"]],
  ])("to %j with %j is %j", (offer, options, answer, directions) => {
    const accepted = acceptOffer(entryOf(offer), parseDeflateOptions(options));
    expect(accepted === undefined ? undefined : parametersOf(accepted.answer)).toBe(answer);
    expect(accepted === undefined ? undefined : shown(accepted.agreement)).toEqual(directions);
  });

  test.each([
    "unknown", "server_no_context_takeover=1", "client_no_context_takeover=x", "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
    "server_max_window_bits=08", "server_max_window_bits=1e1", "server_max_window_bits=10.0", "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=010",
    "client_max_window_bits; client_max_window_bits", "server_no_context_takeover; server_no_context_takeover", "client_max_window_bits=9; client_max_window_bits=10", "Server_no_context_takeover",
  ])("declines %j", (offer) => {
    expect(acceptOffer(entryOf(offer), parseDeflateOptions({}))).toBeUndefined();
  });
});

describe("a client's view of the answer (RFC 7692 §7.1)", () => {
  test.each<[PerMessageDeflateOptions, string, string[]]>([
    [{}, "", ["12 keep", "15 keep"]],
    [{}, "server_no_context_takeover; client_no_context_takeover", ["12 -", "15 -"]],
    [{}, "server_max_window_bits=9", ["12 keep", "9 keep"]], // may be said though nobody asked
    [{}, "client_max_window_bits=8", ["8 keep", "15 keep"]],
    [{ clientMaxWindowBits: 15 }, "client_max_window_bits=14", ["14 keep", "15 keep"]],
    [{ clientMaxWindowBits: 15 }, "", ["15 keep", "15 keep"]],
    [{ serverMaxWindowBits: 10 }, "server_max_window_bits=8", ["12 keep", "8 keep"]],
    [{ clientNoContextTakeover: true }, "", ["12 -", "15 keep"]], // ours to decide, whatever is answered
    [{ serverNoContextTakeover: true }, "server_no_context_takeover", ["12 keep", "15 -"]],
  ])("%j answered by %j", (options, answer, directions) => {
    expect(shown(agreeTo(entryOf(answer), parseDeflateOptions(options)))).toEqual(directions);
  });

  test.each<[PerMessageDeflateOptions, string]>([
    [{}, "unknown"], [{}, "client_max_window_bits"], [{}, "client_max_window_bits=16"], [{}, "server_max_window_bits"], [{}, "server_max_window_bits=7"],
    [{}, "server_no_context_takeover; server_no_context_takeover"], [{}, "server_no_context_takeover=yes"],
    [{ clientMaxWindowBits: 9 }, "client_max_window_bits=10"], [{ serverMaxWindowBits: 9 }, "server_max_window_bits=10"], [{ serverMaxWindowBits: 9 }, ""],
    [{ serverNoContextTakeover: true }, ""],
  ])("%j refuses %j", (options, answer) => {
    expect(() => agreeTo(entryOf(answer), parseDeflateOptions(options))).toThrow(expect.objectContaining({ code: "wsframe/bad-handshake" }));
  });
});

test.each<[PerMessageDeflateOptions]>([
  [{ thresholdBytes: -1 }], [{ thresholdBytes: 1.5 }], [{ level: 10 }], [{ level: -2 }], [{ memLevel: 0 }], [{ memLevel: 10 }], [{ serverMaxWindowBits: 7 }], [{ serverMaxWindowBits: 16 }], [{ clientMaxWindowBits: Number.NaN }],
])("parseDeflateOptions() refuses %j", (options) => {
  expect(() => parseDeflateOptions(options)).toThrow(expect.objectContaining({ code: "wsframe/invalid-option" }));
});
