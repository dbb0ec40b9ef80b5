/** A reader of DEFLATE's tokens (RFC 1951) that only asks how far back they refer: zlib itself does not say. */

const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

class Bits {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isOver(): boolean {
    return this.at >= this.#bytes.length * 8;
  }

  read(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++, this.at++) value |= (((this.#bytes[this.at >> 3] ?? 0) >> (this.at & 7)) & 1) << bit;
    return value;
  }
}

/** Canonical Huffman codes by "length:code". */
function codesOf(lengths: readonly number[]): Map<string, number> {
  const codes = new Map<string, number>();
  let code = 0;
  for (let length = 1; length <= 15; length++, code <<= 1) {
    lengths.forEach((own, symbol) => { if (own === length) codes.set(`${length}:${code++}`, symbol); });
  }
  return codes;
}

function symbolOf(bits: Bits, codes: Map<string, number>): number {
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    code = (code << 1) | bits.read(1);
    const symbol = codes.get(`${length}:${code}`);
    if (symbol !== undefined) return symbol;
  }
  throw new Error("no such code");
}

const fixed = (): [Map<string, number>, Map<string, number>] => [
  codesOf(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8))),
  codesOf(Array.from({ length: 30 }, () => 5)),
];

function dynamic(bits: Bits): [Map<string, number>, Map<string, number>] {
  const [literals, distances, lengthCodes] = [bits.read(5) + 257, bits.read(5) + 1, bits.read(4) + 4];
  const own = new Array<number>(19).fill(0);
  for (let index = 0; index < lengthCodes; index++) own[CODE_LENGTH_ORDER[index] ?? 0] = bits.read(3);
  const codes = codesOf(own);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = symbolOf(bits, codes);
    const repeated = symbol === 16 ? lengths.at(-1) ?? 0 : 0;
    const count = symbol < 16 ? 1 : symbol === 16 ? 3 + bits.read(2) : symbol === 17 ? 3 + bits.read(3) : 11 + bits.read(7);
    for (let time = 0; time < count; time++) lengths.push(symbol < 16 ? symbol : repeated);
  }
  return [codesOf(lengths.slice(0, literals)), codesOf(lengths.slice(literals))];
}

/** @returns the farthest that a token of `deflated`, whole blocks, refers back; 0 for none. */
export function farthestDistance(deflated: Uint8Array): number {
  const bits = new Bits(deflated);
  let farthest = 0;
  for (let isFinal = 0; isFinal === 0 && !bits.isOver; ) {
    isFinal = bits.read(1);
    const type = bits.read(2);
    if (type === 0) {
      bits.at = (bits.at + 7) & ~7;
      const length = bits.read(16);
      bits.at += 16 + length * 8;
      continue;
    }
    const [literals, distances] = type === 1 ? fixed() : dynamic(bits);
    for (let symbol = symbolOf(bits, literals); symbol !== 256; symbol = symbolOf(bits, literals)) {
      if (symbol < 256) continue;
      bits.read(LENGTH_EXTRA[symbol - 257] ?? 0);
      const code = symbolOf(bits, distances);
      farthest = Math.max(farthest, (DISTANCE_BASE[code] ?? 0) + bits.read(code < 4 ? 0 : (code >> 1) - 1));
    }
  }
  return farthest;
}
