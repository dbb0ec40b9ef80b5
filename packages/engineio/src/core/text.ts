/**
 * The text work that a runtime may do faster than plain JavaScript: UTF-8 lengths and base64.
 *
 * Room: engineio core. {@link neutralText} runs everywhere; Node's rooms pass one over `Buffer`. Both pass one suite.
 */

/** Called once per packet, never per byte. */
export interface TextPort {
  /** @returns the length of `text` in UTF-8 bytes. */
  byteLength(text: string): number;
  toBase64(bytes: Uint8Array): string;
  /** @returns the bytes, or `undefined` when `text` is not base64 (RFC 4648 §4; padding may be absent). */
  fromBase64(text: string): Uint8Array | undefined;
}

const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/** Is `text` base64 with complete, or with no, padding? */
export function isBase64(text: string): boolean {
  if (!alphabet.test(text)) return false;
  return text.endsWith("=") ? text.length % 4 === 0 : text.length % 4 !== 1;
}

/** Longest argument list that every runtime takes in one call. */
const CALL_ARGUMENTS = 8192;

/** {@link TextPort} on what every runtime has. */
export const neutralText: TextPort = {
  byteLength(text) {
    let bytes = text.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) continue;
      bytes += unit < 0x800 ? 1 : 2;
      if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++; // a pair: 2 units, 4 bytes
    }
    return bytes;
  },
  toBase64(bytes) {
    let binary = "";
    for (let i = 0; i < bytes.length; i += CALL_ARGUMENTS) {
      binary += String.fromCharCode(...bytes.subarray(i, i + CALL_ARGUMENTS));
    }
    return btoa(binary);
  },
  fromBase64(text) {
    if (!isBase64(text)) return undefined;
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  },
};
