/**
 * Where one writes. Enter sends, Shift+Enter starts a line; offline, messages wait.
 *
 * Room: client/view.
 */
import { type SubmitEvent, type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { limits } from "../../shared/limits.js";
import { useClient } from "../chat/chat-context.js";
import { Icon } from "./icons.js";
import { useMedia } from "./use-media.js";

/** Characters before the limit at which the counter appears. */
const COUNTER_AT = 200;

export function Composer({ roomId, roomName }: { roomId: string; roomName: string }): ReactNode {
  const client = useClient();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const isTouch = useMedia("(pointer: coarse)");
  const left = limits.messageChars - text.length;
  const canSend = text.trim() !== "" && left >= 0;

  useLayoutEffect(() => { grow(field.current); }, [text]);
  useEffect(() => { if (!isTouch) field.current?.focus(); }, [roomId, isTouch]);
  useEffect(() => () => { client.setTyping(roomId, false); }, [client, roomId]);

  const send = (event?: SubmitEvent): void => {
    event?.preventDefault();
    if (canSend) {
      client.send(roomId, text.trim());
      setText("");
    }
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const onInput = (value: string): void => {
    setText(value);
    client.setTyping(roomId, value.trim() !== "");
  };
  return (
    <form className="composer" onSubmit={send}>
      <label className="visually-hidden" htmlFor="composer">Message to {roomName}</label>
      <textarea ref={field} id="composer" rows={1} value={text} placeholder={`Message ${roomName}`} enterKeyHint="send" autoComplete="off"
        aria-describedby="composer-hint" aria-invalid={left < 0} onKeyDown={onKeyDown} onChange={(event) => { onInput(event.target.value); }}
        onBlur={() => { client.setTyping(roomId, false); }} />
      {left < COUNTER_AT && <span className={left < 0 ? "counter over" : "counter"} role="status">{left < 0 ? `${-left} too many` : `${left} left`}</span>}
      <button type="submit" className="send" aria-label="Send message" disabled={!canSend}><Icon name="send" /></button>
      <span id="composer-hint" className="visually-hidden">Enter sends, Shift and Enter start a new line. At most {limits.messageChars} characters.</span>
    </form>
  );
}

/** As high as its text, up to what the style sheet allows. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
