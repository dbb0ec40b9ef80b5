/**
 * The whole chat: side by side on a desk, one column with a drawer on a phone.
 *
 * Room: client/view.
 */
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useChat, useClient } from "../chat/chat-context.js";
import { unreadOf } from "../chat/state.js";
import { ConnectionBanner } from "./connection-banner.js";
import { Icon } from "./icons.js";
import { RoomPane } from "./room-pane.js";
import { Sidebar } from "./sidebar.js";
import { Splash } from "./splash.js";
import { useMedia } from "./use-media.js";
import { useRoomAddress } from "./use-room-address.js";

export function ChatView({ onSignedOut }: { onSignedOut: (note?: string) => void }): ReactNode {
  const client = useClient();
  const state = useChat();
  const isPhone = useMedia("(max-width: 760px)");
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const drawer = useRef<HTMLDivElement>(null);
  const menuButton = useRef<HTMLButtonElement>(null);
  const openRoom = useRoomAddress();
  const unread = [...state.rooms.values()].reduce((sum, { room }) => sum + unreadOf(room), 0);
  const view = state.openRoomId === undefined ? undefined : state.rooms.get(state.openRoomId);
  useEffect(() => { document.title = `${unread > 0 ? `(${unread}) ` : ""}${view === undefined ? "" : `${view.room.name} · `}Chat`; }, [unread, view]);
  useEffect(() => { if (state.status === "signed-out") onSignedOut("You were signed out."); }, [state.status, onSignedOut]);
  const closeDrawer = useCallback(() => {
    setDrawerOpen(false);
    menuButton.current?.focus();
  }, []);
  useEffect(() => { if (isPhone && isDrawerOpen) drawer.current?.querySelector<HTMLElement>("[aria-current], button")?.focus(); }, [isPhone, isDrawerOpen]);

  if (state.status === "refused") return <Splash text={state.notice ?? "The chat does not take this connection."} onRetry={() => { client.start(); }} />;
  const isSidebarHidden = isPhone && !isDrawerOpen;
  const menu = isPhone && (
    <button ref={menuButton} type="button" className="icon-button" aria-label={unread > 0 ? `Rooms, ${unread} unread` : "Rooms"} aria-expanded={isDrawerOpen} aria-controls="sidebar" onClick={() => { setDrawerOpen(true); }}>
      <Icon name="menu" />{unread > 0 && <span className="menu-dot" />}
    </button>
  );
  return (
    <div className={isDrawerOpen && isPhone ? "app drawer-open" : "app"} onKeyDown={(event) => { if (event.key === "Escape" && isPhone && isDrawerOpen) closeDrawer(); }}>
      <a className="skip-link" href="#composer" onClick={(event) => { event.preventDefault(); document.getElementById("composer")?.focus(); }}>Skip to writing a message</a>
      <div ref={drawer} id="sidebar" className="sidebar" inert={isSidebarHidden}>
        <Sidebar isDrawer={isPhone} onClose={closeDrawer} onSignedOut={onSignedOut}
          onOpenRoom={(roomId) => { openRoom(roomId); if (isPhone) closeDrawer(); }} />
      </div>
      {isPhone && <div className="scrim" onClick={closeDrawer} />}
      <main className="main" inert={isPhone && isDrawerOpen}>
        <ConnectionBanner status={state.status} waiting={state.outbox.length} />
        <div className="main-row">{view === undefined ? <NoRoom menu={menu} isLoading={state.status === "connecting"} /> : <RoomPane view={view} menu={menu} />}</div>
      </main>
      <Notice />
    </div>
  );
}

function NoRoom({ menu, isLoading }: { menu: ReactNode; isLoading: boolean }): ReactNode {
  return (
    <section className="pane empty" aria-label="No room is open">
      <header className="pane-top">{menu}</header>
      <p className="muted" role="status">{isLoading ? "Connecting…" : "Choose a room to start talking."}</p>
    </section>
  );
}

/** Milliseconds a notice stays. */
const NOTICE_MS = 6000;

function Notice(): ReactNode {
  const client = useClient();
  const { notice } = useChat();
  useEffect(() => {
    if (notice === undefined) return undefined;
    const timer = setTimeout(() => { client.dispatch({ type: "notice", notice: undefined }); }, NOTICE_MS);
    return () => { clearTimeout(timer); };
  }, [client, notice]);
  return (
    <div className="notice-place" role="alert">
      {notice !== undefined && <p className="notice">{notice}<button type="button" className="icon-button" aria-label="Dismiss" onClick={() => { client.dispatch({ type: "notice", notice: undefined }); }}><Icon name="close" size={16} /></button></p>}
    </div>
  );
}
