/**
 * UTF-8 through Node's Buffer primitives, which work on any Uint8Array and read and write in place.
 *
 * Room: simple-ws node. Holds the same contract as `neutralText`, to which it falls back where a primitive is missing.
 */
import { Buffer, isUtf8, transcode } from "node:buffer";
import { neutralText, type TextPort } from "@x/wsframe";

type Slice = (this: Uint8Array, start: number, end: number) => string;
type Write = (this: Uint8Array, text: string, offset: number) => number;

/** From this many bytes on, text that is not ASCII is faster by way of UTF-16. */
const TRANSCODE_BYTES = 768;
/** Up to this many units a loop is faster than the call. */
const SHORT_TEXT = 16;
const REPLACEMENT = "\ufffd";

/** Buffer's methods of these names exist in every Node but not in its documentation, hence the question. */
function method(name: "latin1Slice" | "utf8Slice" | "ucs2Slice" | "utf8Write"): unknown {
  return Reflect.get(Buffer.prototype, name);
}

function isSlice(candidate: unknown): candidate is Slice {
  return typeof candidate === "function";
}

function isWrite(candidate: unknown): candidate is Write {
  return typeof candidate === "function";
}

/** @returns Node's port, or the neutral one. */
export function createNodeText(): TextPort {
  const [latin1Slice, utf8Slice, ucs2Slice, utf8Write] = [method("latin1Slice"), method("utf8Slice"), method("ucs2Slice"), method("utf8Write")];
  if (!isSlice(latin1Slice) || !isSlice(utf8Slice) || !isSlice(ucs2Slice) || !isWrite(utf8Write)) return neutralText;

  return {
    decodeAscii: (bytes, start, end) => latin1Slice.call(bytes, start, end),

    decodeUtf8(bytes, start, end) {
      if (end - start >= TRANSCODE_BYTES) {
        const view = bytes.subarray(start, end);
        if (!isUtf8(view)) return undefined;
        const wide = transcode(view, "utf8", "ucs2");
        return ucs2Slice.call(wide, 0, wide.length);
      }
      const text = utf8Slice.call(bytes, start, end);
      // Whatever is invalid became U+FFFD, which may also have been sent as itself.
      return !text.includes(REPLACEMENT) || isUtf8(bytes.subarray(start, end)) ? text : undefined;
    },

    byteLength: (text) => Buffer.byteLength(text),

    write(text, target, offset) {
      if (text.length <= SHORT_TEXT) {
        const { length } = text;
        let at = 0;
        for (; at < length; at++) {
          const unit = text.charCodeAt(at);
          if (unit >= 0x80) break;
          target[offset + at] = unit;
        }
        if (at === length) return at;
      }
      return utf8Write.call(target, text, offset);
    },
  };
}
