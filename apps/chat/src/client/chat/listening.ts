/**
 * From what the server tells to actions on the state.
 *
 * Room: client/chat.
 */
import { limits } from "../../shared/limits.js";
import type { Action } from "./reduce.js";
import type { ChatState } from "./state.js";
import type { Transport } from "./transport.js";

/** Who acts on what the server tells. */
export interface Listening {
  readonly dispatch: (action: Action) => void;
  getState(): ChatState;
  /** The connection is there (again). */
  resume(): Promise<void>;
  reload(): Promise<unknown>;
  markDelivered(roomId: string, seq: number): void;
  stop(): void;
}

export function listen(transport: Transport, client: Listening): void {
  const { dispatch } = client;
  transport.watch({
    onConnect: () => void client.resume(),
    onDisconnect: () => {
      if (client.getState().status === "online") dispatch({ type: "status", status: "reconnecting" });
    },
    onRefused: (code, message) => { dispatch(code === "signed-out" ? { type: "status", status: "signed-out" } : { type: "status", status: "refused", notice: message }); },
  });
  transport.on("message", (message) => {
    dispatch({ type: "messages", roomId: message.roomId, messages: [message] });
    client.markDelivered(message.roomId, message.seq);
  });
  transport.on("receipt", (receipt) => { dispatch({ type: "receipt", ...receipt }); });
  transport.on("typing", (typing) => {
    dispatch({ type: "typing", ...typing, nowMs: performance.now() });
    if (typing.isTyping) setTimeout(() => { dispatch({ type: "time", nowMs: performance.now() }); }, limits.typingTimeoutMs + 20);
  });
  transport.on("presence", (presence) => { dispatch({ type: "presence", ...presence }); });
  transport.on("member:joined", (change) => { dispatch({ type: "member-joined", ...change }); });
  transport.on("member:left", (change) => { dispatch({ type: "member-left", ...change }); });
  transport.on("room:changed", (room) => { dispatch({ type: "room-changed", room }); });
  transport.on("state:stale", () => void client.reload().catch(() => undefined)); // offline: the next connect loads it
  transport.on("session:ended", () => {
    dispatch({ type: "status", status: "signed-out" });
    client.stop();
  });
}
