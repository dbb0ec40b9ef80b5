/**
 * The first answer that a socket gets, as a promise.
 *
 * Room: socketio shell.
 */
import { abortedError } from "./bounded.js";
import type { Socket } from "./socket.js";
import type { SocketManager } from "./socket-manager.js";

/**
 * Connects a socket that does not connect by itself.
 * @throws {ConnectionRefusedError} with what the server said; {@link BadNamespaceError} for a namespace it does not have;
 *   {@link ConnectionError} when the first attempt fails or `signal` aborts. The socket is disconnected then.
 */
export function opened<Listen, Emit, M extends SocketManager>(socket: Socket<Listen, Emit, M>, signal: AbortSignal | undefined): Promise<Socket<Listen, Emit, M>> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      signal?.removeEventListener("abort", onAbort);
      socket.off("connect", onConnect);
      socket.off("connect_error", onError);
      end();
    };
    const onConnect = (): void => settle(() => resolve(socket));
    const onError = (error: Error): void => settle(() => {
      socket.disconnect();
      reject(error);
    });
    const onAbort = (): void => onError(abortedError(signal, "connect"));
    socket.on("connect", onConnect);
    socket.on("connect_error", onError);
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener("abort", onAbort);
    socket.connect();
  });
}
