/** One's rooms with what is new in them, and the rooms one could join. Room: client/view. */
import type { ReactNode } from "react";
import type { JoinedRoom, Room } from "../../shared/contract.js";
import { unreadOf } from "../chat/state.js";
import { formatBrief } from "../text/time.js";
import { Avatar } from "./avatar.js";

export function JoinedRoomItem({ room, isOpen, myId, onOpen }: { room: JoinedRoom; isOpen: boolean; myId: string; onOpen: () => void }): ReactNode {
  const unread = unreadOf(room);
  const { lastMessage } = room;
  return (
    <li>
      <button type="button" className={isOpen ? "room open" : "room"} aria-current={isOpen ? "true" : undefined} onClick={onOpen}>
        <Avatar id={room.id} name={room.name} shape="tile" />
        <span className="room-texts">
          <span className="room-line"><span className="room-name">{room.name}</span>{lastMessage !== null && <time className="room-time">{formatBrief(lastMessage.sentAtMs, Date.now())}</time>}</span>
          <span className="room-line">
            <span className="room-preview">{lastMessage === null ? room.topic || "No messages yet" : `${lastMessage.author.id === myId ? "You" : lastMessage.author.name}: ${lastMessage.text}`}</span>
            {unread > 0 && <span className="unread"><span aria-hidden="true">{unread > 99 ? "99+" : unread}</span><span className="visually-hidden">, {unread} unread</span></span>}
          </span>
        </span>
      </button>
    </li>
  );
}

export function OtherRoomItem({ room, onJoin }: { room: Room; onJoin: () => void }): ReactNode {
  return (
    <li className="room other">
      <Avatar id={room.id} name={room.name} shape="tile" />
      <span className="room-texts">
        <span className="room-name">{room.name}</span>
        <span className="room-preview">{room.memberCount} {room.memberCount === 1 ? "member" : "members"}{room.topic === "" ? "" : ` · ${room.topic}`}</span>
      </span>
      <button type="button" className="button small" onClick={onJoin}>Join<span className="visually-hidden"> {room.name}</span></button>
    </li>
  );
}
