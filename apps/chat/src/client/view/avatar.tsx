/**
 * A face made of initials and a steady colour; a dot when presence is known.
 *
 * Room: client/view. Decoration: the name always stands beside it.
 */
import type { CSSProperties, ReactNode } from "react";
import { hueOf, initials } from "../text/initials.js";

interface AvatarProps { readonly id: string; readonly name: string; readonly size?: "small" | "medium"; readonly shape?: "round" | "tile"; readonly isOnline?: boolean }

export function Avatar({ id, name, size = "medium", shape = "round", isOnline }: AvatarProps): ReactNode {
  const style: CSSProperties & Record<"--hue", number> = { "--hue": hueOf(id) };
  return (
    <span className={`avatar ${size} ${shape}`} style={style} aria-hidden="true">
      {initials(name)}
      {isOnline !== undefined && <span className={isOnline ? "dot online" : "dot"} />}
    </span>
  );
}
