/** The way of a message, and where it is cut: page, gateway, exchange. Room: page/view. */
import { Fragment, type ReactNode } from "react";
import type { LinkState } from "../../shared/protocol.js";
import { useView } from "../state/use-store.js";

const WORDS: Readonly<Record<LinkState, string>> = { open: "connected", connecting: "connecting", lost: "lost, trying again", closed: "closed" };

export function PathPicture(): ReactNode {
  const link = useView((view) => view.link);
  const upstream = useView(({ status }) => status?.state ?? "connecting");
  const hops: readonly { readonly name: string; readonly state?: LinkState }[] = [{ name: "Page", state: link }, { name: "Gateway", state: link === "open" ? upstream : "connecting" }, { name: "Exchange" }];
  return (
    <div className="path">
      <div className="path-picture" aria-hidden="true">
        {hops.map(({ name, state }) => (
          <Fragment key={name}>
            <span className="path-node">{name}</span>
            {state !== undefined && <span className={`path-line ${state}`} />}
          </Fragment>
        ))}
      </div>
      <p className="visually-hidden" role="status">{link === "open" ? `Exchange ${WORDS[upstream]}` : `Gateway ${WORDS[link]}`}</p>
    </div>
  );
}
