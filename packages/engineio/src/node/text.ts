/**
 * {@link TextPort} over Node's Buffer.
 *
 * Room: engineio node.
 */
import { type TextPort, isBase64 } from "../core/text.js";

export const nodeText: TextPort = {
  byteLength: (text) => Buffer.byteLength(text),
  toBase64: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  fromBase64: (text) => (isBase64(text) ? Buffer.from(text, "base64") : undefined),
};
