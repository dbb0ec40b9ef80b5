/** Signing out gives the name up, so it is asked first. Room: client/view. */
import { type ReactNode, useState } from "react";
import { signOut } from "../session/session-api.js";
import { Dialog } from "./dialog.js";

export function SignOutDialog({ name, onClose, onSignedOut }: { name: string; onClose: () => void; onSignedOut: () => void }): ReactNode {
  const [problem, setProblem] = useState<string>();
  return (
    <Dialog title="Sign out?" onClose={onClose}>
      <p>You leave all rooms, and “{name}” becomes free for others to take. What you wrote stays.</p>
      <p className="problem" role="alert">{problem}</p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose} autoFocus>Stay</button>
        <button type="button" className="button danger" onClick={() => { signOut().then(onSignedOut, (error: unknown) => { setProblem(error instanceof Error ? error.message : ""); }); }}>Sign out</button>
      </div>
    </Dialog>
  );
}
