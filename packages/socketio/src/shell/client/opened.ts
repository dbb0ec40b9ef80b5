/**
 * The first answer that a socket gets, as a promise.
 *
 * Room: socketio shell.
 */
import { DisconnectedError } from "@x/errors/socketio";
import { bounded } from "./bounded.js";
import type { Socket } from "./socket.js";
import type { SocketManager } from "./socket-manager.js";

/**
 * Connects a socket, if it does not connect by itself, until it is connected or the first attempt has failed. It is disconnected then.
 * @throws {ConnectionRefusedError} with what the server said; {@link BadNamespaceError} for a namespace it does not have;
 *   {@link ConnectionError} when the first attempt fails or `signal` aborts; {@link DisconnectedError} when somebody disconnects it.
 */
export function opened<Listen, Emit, M extends SocketManager>(socket: Socket<Listen, Emit, M>, signal: AbortSignal | undefined): Promise<Socket<Listen, Emit, M>> {
  if (signal?.aborted === true) socket.disconnect();
  return bounded<Socket<Listen, Emit, M>>(socket.io.clock, { signal }, "connect", (settle) => {
    const { onFinal } = socket;
    let isConnected = false;
    const onConnect = (): void => {
      isConnected = true;
      settle(socket);
    };
    socket.on("connect", onConnect).on("connect_error", settle);
    socket.onFinal = (reason, cause) => {
      onFinal?.(reason, cause);
      settle(cause ?? new DisconnectedError(`Cannot connect: disconnected (${reason})`, { reason }));
    };
    socket.connect();
    return () => {
      socket.off("connect", onConnect).off("connect_error", settle);
      socket.onFinal = onFinal;
      if (!isConnected && socket.active) socket.disconnect();
    };
  });
}
