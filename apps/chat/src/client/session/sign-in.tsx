/**
 * The way in: a name, and nothing else.
 *
 * Room: client/session.
 */
import { type SubmitEvent, type ReactNode, useRef, useState } from "react";
import { ThemeToggle } from "@x/app-base/theme-toggle";
import type { User } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import { Wordmark } from "../view/wordmark.js";
import { signIn } from "./session-api.js";

export function SignIn({ note, onSignedIn }: { note?: string | undefined; onSignedIn: (user: User) => void }): ReactNode {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    signIn(input.current?.value ?? "").then(onSignedIn, (error: unknown) => {
      setBusy(false);
      setProblem(error instanceof Error ? error.message : "That did not work. Please try again.");
      input.current?.focus();
    });
  };
  return (
    <div className="sign-in">
      <header className="sign-in-top"><Wordmark /><ThemeToggle /></header>
      <main className="sign-in-card">
        <div className="sign-in-bubbles" aria-hidden="true"><span>Anyone around?</span><span>Just got here!</span><span>Pull up a chair.</span></div>
        <h1>Come on in</h1>
        <p className="muted">Pick the name people will see. No password, no email: this browser remembers you.</p>
        {note !== undefined && <p className="note" role="status">{note}</p>}
        <form onSubmit={submit}>
          <label htmlFor="name">Your name</label>
          <input ref={input} id="name" name="name" autoComplete="nickname" autoFocus required minLength={limits.nameChars.min} maxLength={limits.nameChars.max}
            aria-invalid={problem !== undefined} aria-describedby={problem === undefined ? undefined : "name-problem"} placeholder="Ada" />
          <p id="name-problem" className="problem" role="alert">{problem}</p>
          <button type="submit" className="button primary" disabled={isBusy}>{isBusy ? "Entering…" : "Enter the chat"}</button>
        </form>
      </main>
    </div>
  );
}
