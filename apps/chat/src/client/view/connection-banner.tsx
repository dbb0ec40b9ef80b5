/** Says when the connection is away, and that nothing is lost. Room: client/view. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Status } from "../chat/state.js";

/** Milliseconds that the good news stays. */
const BACK_MS = 2500;

export function ConnectionBanner({ status, waiting }: { status: Status; waiting: number }): ReactNode {
  const isBack = useIsBack(status);
  if (status === "reconnecting") {
    return (
      <div className="banner away" role="status">
        <span className="spinner" aria-hidden="true" />
        <span><strong>Reconnecting…</strong> {waiting === 0 ? "You can keep writing: messages wait and are sent when the connection is back." : waitingText(waiting)}</span>
      </div>
    );
  }
  return <div className={isBack ? "banner back" : "banner"} role="status">{isBack && <span>Back online. Nothing was lost.</span>}</div>;
}

function waitingText(waiting: number): string {
  return waiting === 1 ? "1 message waits and is sent when the connection is back." : `${waiting} messages wait and are sent when the connection is back.`;
}

function useIsBack(status: Status): boolean {
  const [isBack, setBack] = useState(false);
  const before = useRef(status);
  useEffect(() => {
    const cameBack = before.current === "reconnecting" && status === "online";
    before.current = status;
    setBack(cameBack);
    if (!cameBack) return undefined;
    const timer = setTimeout(() => { setBack(false); }, BACK_MS);
    return () => { clearTimeout(timer); };
  }, [status]);
  return isBack;
}
