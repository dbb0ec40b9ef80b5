/**
 * Received bytes as Node's handlers get them: a Buffer over the same memory, as with socket.io-client.
 *
 * Room: socketio shell.
 */
export function adoptBytes(bytes: Uint8Array): unknown {
  const { Buffer } = globalThis as { Buffer?: { from(memory: ArrayBufferLike, offset: number, length: number): unknown } };
  return Buffer === undefined ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
