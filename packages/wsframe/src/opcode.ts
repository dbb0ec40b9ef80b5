/**
 * Opcodes, RFC 6455 §5.2 and §11.8.
 *
 * Room: wsframe core. Knows the six numbers and their names.
 */

/** The opcodes that RFC 6455 defines; 3–7 and 11–15 are reserved and refused. */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;
/** One of the six opcodes of RFC 6455 §5.2. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

const names: Readonly<Record<number, keyof typeof Opcode>> = {
  0x0: "continuation",
  0x1: "text",
  0x2: "binary",
  0x8: "close",
  0x9: "ping",
  0xa: "pong",
};

/** @returns the RFC's name of an opcode, or `undefined` for a reserved one. */
export function opcodeName(opcode: number): keyof typeof Opcode | undefined {
  return names[opcode];
}

/** @returns whether the number is one of the six defined opcodes (§5.2). */
export function isOpcode(opcode: number): opcode is Opcode {
  return names[opcode] !== undefined;
}

/** @returns whether the opcode has the control bit (§5.5): close, ping, pong and the reserved 11–15. */
export function isControlOpcode(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}
