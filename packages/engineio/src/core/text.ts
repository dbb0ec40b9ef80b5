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
  byteLength: (text) => new TextEncoder().encode(text).length,
  toBase64(bytes) {
    let binary = "";
    for (let i = 0; i < bytes.length; i += CALL_ARGUMENTS) {
      binary += String.fromCharCode(...bytes.subarray(i, i + CALL_ARGUMENTS));
    }
    return btoa(binary);
  },
  fromBase64(text) {
    if (/\s/.test(text)) return undefined; // which atob() overlooks
    try {
      return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    } catch {
      return undefined;
    }
  },
};
