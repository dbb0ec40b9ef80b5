/** In place of `@x/socketio/client` in a page whose `<script src>` has brought socket.io-client: the same scenarios with the official client. */
import type * as ours from "@x/socketio/client";

export const io: typeof ours.io = (globalThis as unknown as typeof ours).io;
