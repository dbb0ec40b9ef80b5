/** The open room: header, messages, composer, members. Room: client/view. */
import { type ReactNode, useState } from "react";
import { messageOf } from "../chat/chat-client.js";
import { useChat, useClient } from "../chat/chat-context.js";
import type { RoomView } from "../chat/state.js";
import { Composer } from "./composer.js";
import { Icon } from "./icons.js";
import { MembersPanel } from "./members-panel.js";
import { MessageLog } from "./message-log.js";
import { TypingLine } from "./typing-line.js";
import { useMedia } from "./use-media.js";

export function RoomPane({ view, menu }: { view: RoomView; menu: ReactNode }): ReactNode {
  const { me, outbox } = useChat();
  const isWide = useMedia("(min-width: 1180px)");
  const [areMembersShown, setMembersShown] = useState(isWide);
  const [wereMembersAsked, setMembersAsked] = useState(false); // a panel that opens by itself leaves the focus where one writes
  const { room, log, typing, problem } = view;
  const waiting = outbox.filter(({ roomId }) => roomId === room.id);
  return (
    <>
      <section className="pane" aria-labelledby="room-title">
        <RoomHeader view={view} menu={menu} areMembersShown={areMembersShown} onMembers={() => { setMembersAsked(true); setMembersShown(!areMembersShown); }} />
        {log !== undefined ? <MessageLog key={room.id} room={room} log={log} outbox={waiting} me={me} /> : <Unloaded problem={problem} roomId={room.id} />}
        <div className="pane-foot">
          <TypingLine typing={typing} />
          <Composer key={room.id} roomId={room.id} roomName={room.name} />
        </div>
      </section>
      {areMembersShown && log !== undefined && <MembersPanel members={log.members} me={me} takesFocus={wereMembersAsked} onClose={() => { setMembersShown(false); }} />}
    </>
  );
}

function RoomHeader({ view, menu, areMembersShown, onMembers }: { view: RoomView; menu: ReactNode; areMembersShown: boolean; onMembers: () => void }): ReactNode {
  const client = useClient();
  const { room, log } = view;
  const online = log?.members.filter(({ isOnline }) => isOnline).length;
  const leave = (): void => { client.leave(room.id).catch((error: unknown) => { client.dispatch({ type: "notice", notice: messageOf(error) }); }); };
  return (
    <header className="pane-top">
      {menu}
      <div className="pane-title">
        <h1 id="room-title" tabIndex={-1}>{room.name}</h1>
        <p className="muted">{room.memberCount} {room.memberCount === 1 ? "member" : "members"}{online !== undefined && <> · <span className="online-count">{online} online</span></>}{room.topic !== "" && <span className="pane-topic"> · {room.topic}</span>}</p>
      </div>
      {!room.isDefault && <button type="button" className="icon-button" aria-label={`Leave ${room.name}`} title="Leave room" onClick={leave}><Icon name="leave" /></button>}
      <button type="button" className="icon-button" aria-label="Members" title="Members" aria-expanded={areMembersShown} onClick={onMembers}><Icon name="people" /></button>
    </header>
  );
}

function Unloaded({ problem, roomId }: { problem: string | undefined; roomId: string }): ReactNode {
  const client = useClient();
  if (problem === undefined) return <div className="log-frame loading" role="status" aria-label="Loading messages">{[38, 56, 30, 48].map((width) => <i key={width} style={{ width: `${width}%` }} />)}</div>;
  return (
    <div className="log-frame failed">
      <p role="alert">{problem}</p>
      <button type="button" className="button" onClick={() => { client.select(roomId); }}>Try again</button>
    </div>
  );
}
