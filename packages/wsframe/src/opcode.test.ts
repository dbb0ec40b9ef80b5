import { expect, test } from "vitest";
import { isControlOpcode, isOpcode, Opcode, opcodeName } from "./index.js";

test("exactly six opcodes are defined, with the RFC's names (§5.2)", () => {
  const all = Array.from({ length: 16 }, (_, opcode) => opcode);
  expect(all.filter((opcode) => isOpcode(opcode))).toEqual([0, 1, 2, 8, 9, 10]);
  expect(all.map((opcode) => opcodeName(opcode)).filter((name) => name !== undefined)).toEqual(["continuation", "text", "binary", "close", "ping", "pong"]);
  for (const [name, opcode] of Object.entries(Opcode)) expect(opcodeName(opcode)).toBe(name);
});

test("control opcodes are those with the fourth bit (§5.5)", () => {
  expect(Array.from({ length: 16 }, (_, opcode) => opcode).filter((opcode) => isControlOpcode(opcode))).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
});
