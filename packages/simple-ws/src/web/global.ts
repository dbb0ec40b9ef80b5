/**
 * The platform's own class, under the name that Node's has.
 *
 * Room: simple-ws web.
 */
import type { NativeConstructor } from "./native.js";
import { nativeWebSocket } from "./native.js";

/** The platform's `WebSocket`; `undefined` where it has none. */
export const WebSocket: NativeConstructor | undefined = /* @__PURE__ */ nativeWebSocket();
