/** The left side: rooms, a new one, and oneself. On a phone it is the drawer. Room: client/view. */
import { type ReactNode, useState } from "react";
import { ThemeToggle } from "@x/app-base/theme-toggle";
import { messageOf } from "../chat/chat-client.js";
import { useChat, useClient } from "../chat/chat-context.js";
import { roomsInOrder } from "../chat/state.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";
import { NewRoomDialog } from "./new-room-dialog.js";
import { JoinedRoomItem, OtherRoomItem } from "./room-list.js";
import { SignOutDialog } from "./sign-out-dialog.js";
import { Wordmark } from "./wordmark.js";

interface SidebarProps { readonly isDrawer: boolean; readonly onOpenRoom: (roomId: string) => void; readonly onClose: () => void; readonly onSignedOut: () => void }

export function Sidebar({ isDrawer, onOpenRoom, onClose, onSignedOut }: SidebarProps): ReactNode {
  const client = useClient();
  const state = useChat();
  const [dialog, setDialog] = useState<"new-room" | "sign-out">();
  const close = (): void => { setDialog(undefined); };
  const join = (roomId: string): void => {
    client.join(roomId).then(() => { onOpenRoom(roomId); }, (error: unknown) => { client.dispatch({ type: "notice", notice: messageOf(error) }); });
  };
  return (
    <div className="sidebar-inner">
      <header className="sidebar-top">
        <Wordmark />
        {isDrawer && <button type="button" className="icon-button" aria-label="Close rooms" onClick={onClose}><Icon name="close" /></button>}
      </header>
      <nav className="sidebar-rooms" aria-label="Rooms">
        <div className="sidebar-heading"><h2 id="your-rooms">Your rooms</h2><button type="button" className="icon-button" aria-label="New room" title="New room" onClick={() => { setDialog("new-room"); }}><Icon name="plus" /></button></div>
        {state.status === "connecting" ? <RoomSkeletons /> : (
          <ul aria-labelledby="your-rooms">
            {roomsInOrder(state).map((room) => <JoinedRoomItem key={room.id} room={room} myId={state.me.id} isOpen={room.id === state.openRoomId} onOpen={() => { onOpenRoom(room.id); }} />)}
          </ul>
        )}
        {state.others.length > 0 && (
          <>
            <div className="sidebar-heading"><h2 id="other-rooms">More rooms</h2></div>
            <ul aria-labelledby="other-rooms">{state.others.map((room) => <OtherRoomItem key={room.id} room={room} onJoin={() => { join(room.id); }} />)}</ul>
          </>
        )}
      </nav>
      <footer className="sidebar-me">
        <Avatar id={state.me.id} name={state.me.name} isOnline={state.status === "online"} />
        <span className="me-name">{state.me.name}</span>
        <ThemeToggle />
        <button type="button" className="icon-button" aria-label="Sign out" title="Sign out" onClick={() => { setDialog("sign-out"); }}><Icon name="leave" /></button>
      </footer>
      {dialog === "new-room" && <NewRoomDialog onClose={() => { close(); onClose(); }} />}
      {dialog === "sign-out" && <SignOutDialog name={state.me.name} onClose={close} onSignedOut={onSignedOut} />}
    </div>
  );
}

function RoomSkeletons(): ReactNode {
  return <div className="skeletons" role="status" aria-label="Loading rooms">{[72, 54, 64].map((width) => <div key={width} className="skeleton-room"><i /><i style={{ width: `${width}%` }} /></div>)}</div>;
}
