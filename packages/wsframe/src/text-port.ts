/**
 * The port through which text becomes bytes and bytes become text, with an implementation that runs everywhere.
 *
 * Room: wsframe core. A platform with faster primitives (Node's Buffer) passes its own {@link TextPort}; both hold the
 * same contract suite. A port is called once per frame, never per byte.
 */

/** UTF-8 (RFC 3629) in both directions. Ranges are `[start, end)` in bytes. */
export interface TextPort {
  /** @returns the text of bytes that are all below 0x80; for others the result is undefined. */
  decodeAscii(bytes: Uint8Array, start: number, end: number): string;
  /** @returns the text, a leading U+FEFF kept, or `undefined` when the bytes are not valid UTF-8. */
  decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined;
  /** @returns the length of the text in UTF-8, in bytes; a lone surrogate counts as U+FFFD, 3 bytes. */
  byteLength(text: string): number;
  /**
   * Writes the text as UTF-8, a lone surrogate as U+FFFD. The caller has reserved `byteLength(text)` bytes, for which
   * `3 * text.length` is always enough.
   * @returns the number of bytes written.
   */
  write(text: string, target: Uint8Array, offset: number): number;
}

/** Below this many bytes a loop in JavaScript is faster than a call into the engine's encoder or decoder. */
const shortBytes = 24;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** {@link TextPort} on TextEncoder and TextDecoder: every runtime has them. */
export const neutralText: TextPort = {
  decodeAscii(bytes, start, end) {
    if (end - start > shortBytes) return decoder.decode(bytes.subarray(start, end));
    let text = "";
    for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
    return text;
  },

  decodeUtf8(bytes, start, end) {
    try {
      return decoder.decode(bytes.subarray(start, end));
    } catch {
      return undefined; // the decoder is fatal: its only failure is invalid UTF-8
    }
  },

  byteLength(text) {
    let bytes = text.length;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit < 0x80) continue;
      bytes += unit < 0x800 ? 1 : 2;
      if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) at++; // 2 units, 4 bytes
    }
    return bytes;
  },

  write(text, target, offset) {
    if (text.length <= shortBytes) {
      let at = 0;
      for (; at < text.length; at++) {
        const unit = text.charCodeAt(at);
        if (unit >= 0x80) break;
        target[offset + at] = unit;
      }
      if (at === text.length) return at;
    }
    return encoder.encodeInto(text, target.subarray(offset)).written;
  },
};

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000; // NaN past the end of the text compares false
}
