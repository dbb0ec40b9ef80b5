import { expect, test } from "vitest";
import { wordsOf } from "./sentences.js";

test.each([
  ["timeoutMs", "How long. Default 10 000; 0 waits for ever. Over it: `simple-ws/idle-timeout`.", { defaultsTo: "10 000; 0 waits for ever", unit: "ms", codes: ["simple-ws/idle-timeout"], meaning: "How long. Over it: `simple-ws/idle-timeout`." }],
  ["connectTimeout", "Time until it is open. Milliseconds, default 20000.", { defaultsTo: "20000", unit: "ms", codes: [], meaning: "Time until it is open." }],
  ["maxRooms", "Most rooms of one socket. Count; default 1000.", { defaultsTo: "1000", unit: "count", codes: [], meaning: "Most rooms of one socket." }],
  ["timeout", "One attempt. Milliseconds, or `false` for ever; default 20 000.", { defaultsTo: "20 000", unit: "ms", codes: [], meaning: "One attempt. Or `false` for ever." }],
  ["path", "First part of the URL. Default `/engine.io`.", { defaultsTo: "`/engine.io`", unit: undefined, codes: [], meaning: "First part of the URL." }],
  ["policy", "What is lost. \"pause\" (the default): nothing.", { defaultsTo: "\"pause\"", unit: undefined, codes: [], meaning: "What is lost. \"pause\" (the default): nothing." }],
  ["onError", "Hears what fails. Default: one line on the console.", { defaultsTo: "one line on the console", unit: undefined, codes: [], meaning: "Hears what fails." }],
  ["signal", "Gives up.", { defaultsTo: undefined, unit: undefined, codes: [], meaning: "Gives up." }],
  ["maxBytes", "Bytes held. Defaults of the platform are not touched.", { defaultsTo: undefined, unit: "bytes", codes: [], meaning: "Bytes held. Defaults of the platform are not touched." }],
  ["none", "", { defaultsTo: undefined, unit: undefined, codes: [], meaning: "" }],
])("wordsOf(%s, %j)", (name, doc, words) => {
  expect(wordsOf(name, doc)).toEqual(words);
});
