/**
 * Copying bytes, as fast for a handful as for a chunk.
 *
 * Room: wsframe core.
 */

/** Up to this length a loop costs less than making a view and calling the engine. */
const loopBytes = 48;

/** Copies `[start, end)` of one array to another, which has the room. */
export function copyBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, offset: number): void {
  if (end - start > loopBytes) {
    target.set(source.subarray(start, end), offset);
    return;
  }
  for (let at = start; at < end; at++) target[offset++] = source[at] ?? 0;
}
