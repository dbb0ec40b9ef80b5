/** How far one's own message has come. Room: client/view. */
import type { ReactNode } from "react";
import type { Ticks as TicksState } from "../chat/state.js";
import { Icon } from "./icons.js";

type TickKind = TicksState["kind"] | "waiting" | "failed";
const icons = { waiting: "clock", failed: "alert", sent: "check", delivered: "checks", read: "checks" } as const;
const labels: Readonly<Record<TickKind, string>> = { waiting: "Waiting to be sent", failed: "Not sent", sent: "Sent", delivered: "Delivered", read: "Read" };

export function Ticks({ kind, readers = [] }: { kind: TickKind; readers?: readonly string[] }): ReactNode {
  const label = readers.length === 0 ? labels[kind] : `Read by ${listOf(readers)}`;
  return <span className={`ticks ${kind}`} role="img" aria-label={label} title={label}><Icon name={icons[kind]} size={16} /></span>;
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
