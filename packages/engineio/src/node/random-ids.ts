/**
 * Session ids that nobody can guess: all that a polling request proves is that it knows one.
 *
 * Room: engineio node.
 */
import { randomFillSync } from "node:crypto";

const ID_BYTES = 15; // 120 bits
const ID_LENGTH = 20; // in base64url
/** Random bytes come by one system call for many ids. */
const POOL_BYTES = 256 * ID_BYTES;
/** Ids are cut from one text for several, which each of them keeps in memory. */
const TEXT_BYTES = 16 * ID_BYTES;

/** @returns a source of ids of 120 random bits each, in base64url. */
export function randomIds(): () => string {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  let text = "";
  let cut = 0;
  return () => {
    if (cut === text.length) {
      if (used === POOL_BYTES) randomFillSync(pool);
      used = used === POOL_BYTES ? TEXT_BYTES : used + TEXT_BYTES;
      text = pool.toString("base64url", used - TEXT_BYTES, used);
      cut = 0;
    }
    return text.slice(cut, (cut += ID_LENGTH));
  };
}
