/**
 * What one author wrote in a row.
 *
 * Room: client/view.
 */
import { memo, type ReactNode } from "react";
import type { Member, Message, User } from "../../shared/contract.js";
import type { ChatClient } from "../chat/chat-client.js";
import { type Pending, ticksOf } from "../chat/state.js";
import type { Entry, Group } from "../text/grouping.js";
import { formatClock, formatFull } from "../text/time.js";
import { Avatar } from "./avatar.js";
import { MessageText } from "./message-text.js";
import { Ticks } from "./ticks.js";

export interface LogEntry extends Entry { readonly author: User; readonly text: string; readonly message?: Message; readonly pending?: Pending }

interface GroupProps { readonly group: Group<LogEntry>; readonly isMine: boolean; readonly members: readonly Member[]; readonly client: ChatClient }

export const MessageGroup = memo(function MessageGroup({ group, isMine, members, client }: GroupProps): ReactNode {
  const [first] = group.entries;
  if (first === undefined) return null;
  const { author } = first;
  const isOnline = members.find(({ user }) => user.id === author.id)?.isOnline;
  return (
    <div className={isMine ? "group mine" : "group"}>
      {!isMine && <Avatar id={author.id} name={author.name} {...(isOnline === undefined ? {} : { isOnline })} />}
      <div className="group-body">
        {!isMine && <p className="group-author" aria-hidden="true">{author.name}</p>}
        {group.entries.map((entry) => <Bubble key={entry.key} entry={entry} isMine={isMine} members={members} client={client} />)}
      </div>
    </div>
  );
});

function Bubble({ entry, isMine, members, client }: { entry: LogEntry; isMine: boolean; members: readonly Member[]; client: ChatClient }): ReactNode {
  const { message, pending } = entry;
  return (
    <div className={pending === undefined ? "bubble-row" : "bubble-row pending"} data-seq={message?.seq}>
      <div className="bubble">
        <span className="visually-hidden">{isMine ? "You" : entry.author.name}: </span>
        <MessageText text={entry.text} />
        <span className="meta">
          <time dateTime={new Date(entry.sentAtMs).toISOString()} title={formatFull(entry.sentAtMs)}>{formatClock(entry.sentAtMs)}</time>
          {isMine && (message === undefined ? <Ticks kind={pending?.problem === undefined ? "waiting" : "failed"} /> : <Ticks {...ticksOf(message, members)} />)}
        </span>
      </div>
      {pending?.problem !== undefined && (
        <p className="bubble-problem">
          {pending.problem}{" "}
          <button type="button" className="link-button" onClick={() => { client.sendAgain(pending.clientId); }}>Send again</button>
          <button type="button" className="link-button" onClick={() => { client.discard(pending.clientId); }}>Discard</button>
        </p>
      )}
    </div>
  );
}
