/**
 * The one chat client, for every view below.
 *
 * Room: client/chat.
 */
import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { ChatClient } from "./chat-client.js";
import type { ChatState } from "./state.js";

const Context = createContext<ChatClient | undefined>(undefined);

export function ChatProvider({ client, children }: { client: ChatClient; children: ReactNode }): ReactNode {
  return <Context value={client}>{children}</Context>;
}

export function useClient(): ChatClient {
  const client = useContext(Context);
  if (client === undefined) throw new Error("Cannot use the chat: a ChatProvider must be above");
  return client;
}

export function useChat(): ChatState {
  const client = useClient();
  return useSyncExternalStore(client.subscribe, client.getState);
}
