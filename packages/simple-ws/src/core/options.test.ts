import { expect, test } from "vitest";
import { CONNECTION_DEFAULTS, parseConnectionOptions } from "./options.js";

test("parseConnectionOptions() fills in every default", () => {
  expect(parseConnectionOptions({})).toMatchObject(CONNECTION_DEFAULTS);
  expect(parseConnectionOptions({ maxMessageBytes: 10, maxFragments: 3 }).limits).toMatchObject({ maxMessageBytes: 10, maxFrameBytes: 10, maxFragments: 3 });
});

test.each(Object.keys(CONNECTION_DEFAULTS))("parseConnectionOptions() refuses a bad %s by name", (name) => {
  for (const value of [-1, Number.NaN, "10", true]) {
    expect(() => parseConnectionOptions({ [name]: value })).toThrow(expect.objectContaining({ code: "simple-ws/invalid-option", message: expect.stringContaining(name) as unknown }));
  }
});

test("parseConnectionOptions() takes 0 where it means off, and nowhere else", () => {
  expect(parseConnectionOptions({ pingIntervalMs: 0, pingTimeoutMs: 0, highWaterMarkBytes: 0 })).toMatchObject({ pingIntervalMs: 0 });
  expect(() => parseConnectionOptions({ closeTimeoutMs: 0 })).toThrow(/closeTimeoutMs/);
});
