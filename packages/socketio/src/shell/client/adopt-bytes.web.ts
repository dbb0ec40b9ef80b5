/**
 * Received bytes as they are. Takes the place of `adopt-bytes.ts` outside Node.
 *
 * Room: socketio shell.
 */
export function adoptBytes(bytes: Uint8Array): unknown {
  return bytes;
}
