/**
 * Who is here? Nobody: the way in. Somebody: the chat.
 *
 * Room: client.
 */
import { type ReactNode, useCallback, useEffect, useState } from "react";
import type { User } from "../shared/contract.js";
import { ChatClient } from "./chat/chat-client.js";
import { ChatProvider } from "./chat/chat-context.js";
import { tabStorage } from "./chat/outbox-storage.js";
import { connectSocketIO } from "./chat/transport.js";
import { currentUser } from "./session/session-api.js";
import { SignIn } from "./session/sign-in.js";
import { ChatView } from "./view/chat-view.js";
import { Splash } from "./view/splash.js";

type Session = { readonly kind: "asking" } | { readonly kind: "unreachable" } | { readonly kind: "nobody"; readonly note?: string } | { readonly kind: "somebody"; readonly client: ChatClient };

export function App(): ReactNode {
  const [session, setSession] = useState<Session>({ kind: "asking" });
  const ask = useCallback(() => {
    currentUser().then(
      (user) => { setSession(user === null ? { kind: "nobody" } : enter(user)); },
      () => { setSession({ kind: "unreachable" }); },
    );
  }, []);
  useEffect(ask, [ask]);
  const client = session.kind === "somebody" ? session.client : undefined;
  useEffect(() => {
    client?.start();
    return () => client?.stop();
  }, [client]);

  switch (session.kind) {
    case "asking": return <Splash text="One moment…" />;
    case "unreachable": return <Splash text="The chat cannot be reached right now." onRetry={ask} />;
    case "nobody": return <SignIn note={session.note} onSignedIn={(user) => { setSession(enter(user)); }} />;
    case "somebody": return (
      <ChatProvider client={session.client}>
        <ChatView onSignedOut={(note) => { setSession(note === undefined ? { kind: "nobody" } : { kind: "nobody", note }); }} />
      </ChatProvider>
    );
  }
}

function enter(user: User): Session {
  return { kind: "somebody", client: new ChatClient(user, connectSocketIO(), tabStorage(sessionStorage)) };
}
