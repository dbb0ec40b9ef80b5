/** What somebody wrote: text, with links that open elsewhere and tell nobody where from. Room: client/view. */
import type { ReactNode } from "react";
import { findLinks } from "../text/links.js";

export function MessageText({ text }: { text: string }): ReactNode {
  return (
    <span className="message-text">
      {findLinks(text).map((piece, index) => piece.kind === "text" ? piece.text
        : <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">{piece.text}</a>)}
    </span>
  );
}
