/** Bytes for tests: written as hexadecimal, cut in every way. */

/** @returns the bytes that `text` writes in hexadecimal; anything but digits only separates. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/[\s:,_-]/g, "");
  if (!/^(?:[\da-f]{2})*$/i.test(digits)) throw new RangeError(`Cannot read ${JSON.stringify(text)} as bytes: must be pairs of hexadecimal digits`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @returns pairs of lower-case digits, one space between. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Every way to cut `bytes` in two, the empty ends included: `length + 1` pairs of views. */
export function* everySplit(bytes: Uint8Array): Generator<[head: Uint8Array, tail: Uint8Array]> {
  for (let cut = 0; cut <= bytes.length; cut++) yield [bytes.subarray(0, cut), bytes.subarray(cut)];
}

/** `bytes` in views of `size` bytes; the last may be shorter. */
export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  if (!(size >= 1)) throw new RangeError(`Cannot cut into chunks of ${size} bytes: must be at least 1`);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

export function concat(...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
