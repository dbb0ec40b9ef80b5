/**
 * Masking, RFC 6455 §5.3, in plain JavaScript: for short or foreign memory, and where WebAssembly SIMD is missing.
 *
 * Room: wsframe core. A key is held as one 32-bit number with the four key octets in little-endian order.
 */

/** @returns the four key octets as the number that every function here takes. */
export function maskKeyOf(octets: Uint8Array): number {
  return (octets[0] ?? 0) | ((octets[1] ?? 0) << 8) | ((octets[2] ?? 0) << 16) | ((octets[3] ?? 0) << 24);
}

/** @returns the key for a piece that starts `bytes` into the payload. */
export function rotateMaskKey(key: number, bytes: number): number {
  const shift = (bytes & 3) << 3;
  return (key >>> shift) | (key << (32 - shift)); // shift counts are taken modulo 32, so 0 gives the key itself
}

/** XORs `[start, end)` in place, byte by byte. @returns non-zero when a resulting byte is not ASCII. */
export function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  let seen = 0;
  for (let at = start; at < end; at++) {
    const byte = (bytes[at] ?? 0) ^ (key & 0xff);
    bytes[at] = byte;
    seen |= byte;
    key = (key >>> 8) | (key << 24);
  }
  return seen & 0x80;
}

/** {@link maskBytes}, four bytes per turn. `view` must lie over the same memory as `bytes`. */
export function maskWords(bytes: Uint8Array, view: DataView, start: number, end: number, key: number): number {
  const wordsEnd = start + ((end - start) & ~3);
  let seen = 0;
  for (let at = start; at < wordsEnd; at += 4) {
    const word = view.getInt32(at, true) ^ key;
    view.setInt32(at, word, true);
    seen |= word;
  }
  return (seen & 0x80808080) | maskBytes(bytes, wordsEnd, end, key);
}
