/** Who is writing. Its place is always there, so that nothing jumps. Room: client/view. */
import type { ReactNode } from "react";
import type { Typist } from "../chat/state.js";

export function TypingLine({ typing }: { typing: readonly Typist[] }): ReactNode {
  const names = typing.map(({ user }) => user.name);
  return (
    <p className="typing" role="status" aria-label="Typing">
      {names.length > 0 && <><span className="typing-dots" aria-hidden="true"><i /><i /><i /></span> {sentence(names)}</>}
    </p>
  );
}

function sentence(names: readonly string[]): string {
  if (names.length === 1) return `${names[0] ?? ""} is typing…`;
  if (names.length === 2) return `${names.join(" and ")} are typing…`;
  return "Several people are typing…";
}
