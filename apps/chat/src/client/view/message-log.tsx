/**
 * The messages of a room: a live region that screen readers follow and the keyboard can scroll.
 *
 * Room: client/view.
 */
import { Fragment, type ReactNode, useEffect, useMemo, useRef } from "react";
import type { JoinedRoom, User } from "../../shared/contract.js";
import { useClient } from "../chat/chat-context.js";
import type { Log, Pending } from "../chat/state.js";
import { type Day, groupByDay } from "../text/grouping.js";
import { formatDay } from "../text/time.js";
import { Icon } from "./icons.js";
import { type LogEntry, MessageGroup } from "./message-group.js";
import { usePageVisible } from "./use-page-visible.js";
import { useStayAtEnd } from "./use-stay-at-end.js";

interface MessageLogProps { readonly room: JoinedRoom; readonly log: Log; readonly outbox: readonly Pending[]; readonly me: User }

export function MessageLog({ room, log, outbox, me }: MessageLogProps): ReactNode {
  const client = useClient();
  const element = useRef<HTMLDivElement>(null);
  const entries = useMemo(() => entriesOf(log, outbox, me), [log, outbox, me]);
  const days = useMemo(() => groupByDay(entries), [entries]);
  const { isAtEnd, onScroll, toEnd } = useStayAtEnd(element, entries[0]?.key, entries.at(-1)?.key, entries.findLast(({ author }) => author.id === me.id)?.key);
  const isVisible = usePageVisible();
  const lastSeq = log.messages.at(-1)?.seq ?? 0;
  useEffect(() => { if (isAtEnd && isVisible) client.markRead(room.id, lastSeq); }, [client, room.id, isAtEnd, isVisible, lastSeq]);
  const loadNearTop = (): void => {
    onScroll();
    if ((element.current?.scrollTop ?? Infinity) < 80) void client.loadEarlier(room.id);
  };
  const unseen = isAtEnd ? 0 : Math.max(0, lastSeq - room.readSeq);
  return (
    <div className="log-frame">
      <div ref={element} className="log" role="log" aria-label={`Messages in ${room.name}`} aria-live="polite" aria-busy={log.isLoadingEarlier} tabIndex={0} onScroll={loadNearTop}>
        <div className="log-inner">
          {log.hasEarlier ? (
            <button type="button" className="button quiet earlier" disabled={log.isLoadingEarlier} onClick={() => void client.loadEarlier(room.id)}>
              {log.isLoadingEarlier ? "Loading…" : "Show earlier messages"}
            </button>
          ) : <Beginning room={room} isEmpty={entries.length === 0} />}
          {days.map((day) => <DaySection key={day.key} day={day} log={log} me={me} />)}
        </div>
      </div>
      {!isAtEnd && (
        <button type="button" className="to-end" onClick={toEnd}>
          <Icon name="down" size={16} /> {unseen > 0 ? `${unseen} new ${unseen === 1 ? "message" : "messages"}` : "To the newest"}
        </button>
      )}
    </div>
  );
}

function DaySection({ day, log, me }: { day: Day<LogEntry>; log: Log; me: User }): ReactNode {
  const client = useClient();
  return (
    <>
      <p className="day"><span>{formatDay(day.atMs, Date.now())}</span></p>
      {day.groups.map((group) => (
        <Fragment key={group.key}>
          {group.isFirstUnread && <p className="new-line"><span>New</span></p>}
          <MessageGroup group={group} isMine={group.authorId === me.id} members={log.members} client={client} />
        </Fragment>
      ))}
    </>
  );
}

function Beginning({ room, isEmpty }: { room: JoinedRoom; isEmpty: boolean }): ReactNode {
  return (
    <div className="beginning">
      <h2>{room.name}</h2>
      <p className="muted">{isEmpty ? "Nobody has said anything yet. The first word is yours." : room.topic === "" ? "This is where the conversation begins." : room.topic}</p>
    </div>
  );
}

function entriesOf(log: Log, outbox: readonly Pending[], me: User): LogEntry[] {
  const stored = log.messages.map((message): LogEntry => ({
    key: message.clientId + message.author.id, authorId: message.author.id, author: message.author, sentAtMs: message.sentAtMs, text: message.text,
    isFirstUnread: message.seq === log.firstUnreadSeq, message,
  }));
  const waiting = outbox.map((pending): LogEntry => ({
    key: pending.clientId + me.id, authorId: me.id, author: me, sentAtMs: pending.queuedAtMs, text: pending.text, isFirstUnread: false, pending,
  }));
  return [...stored, ...waiting];
}
