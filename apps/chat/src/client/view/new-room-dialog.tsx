/** A new room: a name and, if one likes, a topic. Room: client/view. */
import { type SubmitEvent, type ReactNode, useState } from "react";
import { flushSync } from "react-dom";
import { limits } from "../../shared/limits.js";
import { messageOf } from "../chat/chat-client.js";
import { useClient } from "../chat/chat-context.js";
import { Dialog } from "./dialog.js";

export function NewRoomDialog({ onClose }: { onClose: () => void }): ReactNode {
  const client = useClient();
  const [name, setName] = useState("");
  const [topic, setTopic] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    client.create(name, topic).then(() => {
      flushSync(onClose); // the dialog gives the focus back to its button; in a new room one wants to write
      document.getElementById("composer")?.focus();
    }, (error: unknown) => {
      setBusy(false);
      setProblem(messageOf(error));
    });
  };
  return (
    <Dialog title="New room" onClose={onClose}>
      <form onSubmit={submit}>
        <label htmlFor="room-name">Name</label>
        <input id="room-name" autoFocus required minLength={limits.roomNameChars.min} maxLength={limits.roomNameChars.max} value={name} autoComplete="off"
          aria-describedby="room-problem" aria-invalid={problem !== undefined} onChange={(event) => { setName(event.target.value); }} placeholder="Book club" />
        <label htmlFor="room-topic">Topic <span className="muted">(optional)</span></label>
        <input id="room-topic" maxLength={limits.topicChars} value={topic} autoComplete="off" onChange={(event) => { setTopic(event.target.value); }} placeholder="What is it about?" />
        <p id="room-problem" className="problem" role="alert">{problem}</p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="button primary" disabled={isBusy}>Create room</button>
        </div>
      </form>
    </Dialog>
  );
}
