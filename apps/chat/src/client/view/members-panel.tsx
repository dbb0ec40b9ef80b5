/** Who is in the room, those online first. Room: client/view. */
import type { ReactNode } from "react";
import type { Member, User } from "../../shared/contract.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";

export function MembersPanel({ members, me, takesFocus, onClose }: { members: readonly Member[]; me: User; takesFocus: boolean; onClose: () => void }): ReactNode {
  const online = members.filter(({ isOnline }) => isOnline);
  const away = members.filter(({ isOnline }) => !isOnline);
  return (
    <aside className="members" aria-label="Members" onKeyDown={(event) => { if (event.key === "Escape") onClose(); }}>
      <header>
        <h2>Members</h2>
        <button type="button" className="icon-button members-close" aria-label="Close members" onClick={onClose} autoFocus={takesFocus}><Icon name="close" /></button>
      </header>
      <MemberList title="Online" members={online} me={me} />
      <MemberList title="Away" members={away} me={me} />
    </aside>
  );
}

function MemberList({ title, members, me }: { title: string; members: readonly Member[]; me: User }): ReactNode {
  if (members.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title} <span className="muted">{members.length}</span></h3>
      <ul>
        {members.map(({ user, isOnline }) => (
          <li key={user.id} className={isOnline ? "member" : "member away"}>
            <Avatar id={user.id} name={user.name} size="small" isOnline={isOnline} />
            <span className="member-name">{user.name}</span>{user.id === me.id && <span className="muted"> you</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
