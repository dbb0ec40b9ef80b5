import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonCodec } from "../../core/json-codec.js";
import type { Packet } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import { greeter } from "./greeting.js";

const codec = jsonCodec();
const greet = greeter(codec);
const connect = (data: unknown, nsp = "/"): Packet => ({ type: PacketType.CONNECT, nsp, data });

test.each<[string, Packet]>([
  ["an id", connect({ sid: "AbC_-09" })],
  ["an id that JSON must escape", connect({ sid: 'a"b\\c\n' })],
  ["an empty id", connect({ sid: "" })],
  ["a line feed at its end", connect({ sid: "a\n" })],
  ["another namespace", connect({ sid: "a" }, "/chat")],
  ["a session", connect({ sid: "a", pid: "b", offset: "c" })],
  ["nothing", connect({})],
])("%s: the same as the codec writes", (_what, answer) => {
  expect(greet(answer)).toEqual(codec.encode(answer));
});

test("whatever the id is, and wherever the client goes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.constantFrom("/", "/a"), fc.option(fc.string()), (sid, nsp, pid) => {
    const answer = connect(pid === null ? { sid } : { sid, pid }, nsp);
    expect(greet(answer)).toEqual(codec.encode(answer));
  }));
});
