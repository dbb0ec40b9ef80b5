/**
 * The first answer that a socket gets, as a promise.
 *
 * Room: socketio shell.
 */
import { DisconnectedError } from "@x/errors/socketio";
import { abortedError } from "./bounded.js";
import type { Socket } from "./socket.js";
import type { SocketManager } from "./socket-manager.js";

/**
 * Connects a socket, if it does not connect by itself. One attempt decides: a socket that is not connected by it is disconnected.
 * @throws {ConnectionRefusedError} with what the server said; {@link BadNamespaceError} for a namespace it does not have;
 *   {@link ConnectionError} when the first attempt fails or `signal` aborts; {@link DisconnectedError} when somebody disconnects it.
 */
export function opened<Listen, Emit, M extends SocketManager>(socket: Socket<Listen, Emit, M>, signal: AbortSignal | undefined): Promise<Socket<Listen, Emit, M>> {
  return new Promise((resolve, reject) => {
    const { onFinal } = socket;
    const settle = (end: () => void): void => {
      signal?.removeEventListener("abort", onAbort);
      socket.off("connect", onConnect).off("connect_error", onError).onFinal = onFinal;
      end();
    };
    const onConnect = (): void => settle(() => resolve(socket));
    const onError = (error: Error): void => settle(() => {
      socket.disconnect();
      reject(error);
    });
    const onAbort = (): void => onError(abortedError(signal, "connect"));
    socket.on("connect", onConnect).on("connect_error", onError).onFinal = (reason, cause) => {
      onFinal?.(reason, cause);
      settle(() => reject(cause ?? new DisconnectedError(`Cannot connect: disconnected (${reason})`, { reason })));
    };
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) onAbort();
    else socket.connect();
  });
}
