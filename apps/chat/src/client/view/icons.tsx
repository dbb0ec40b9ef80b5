/**
 * Line icons, 24 units wide, in the colour of the text. Decoration: names stand on the buttons.
 *
 * Room: client/view.
 */
import type { ReactNode } from "react";

const paths = {
  menu: "M4 7h16M4 12h16M4 17h10",
  close: "M6 6l12 12M18 6 6 18",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c.6-3.6 3.2-5.5 6.5-5.500s5.9 1.9 6.5 5.500M16 4.300a3.5 3.5 0 0 1 0 6.400M18.2 14.900c1.8.8 3 2.5 3.3 5.1",
  plus: "M12 5v14M5 12h14",
  send: "M5 12h13M12.5 5.5 19 12l-6.5 6.5",
  down: "M12 5v14M5.5 12.5 12 19l6.5-6.5",
  leave: "M14 4H6v16h8M10.5 12H21M17 8l4 4-4 4",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.500V12l3 2",
  alert: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.500v5.500M12 16.300v.2",
  check: "M4.5 12.5 9.5 17.5 19.5 7",
  checks: "M2 12.5 7 17.5 16.5 7M11.5 16.500l1 1L22 7",
} as const;

export function Icon({ name, size = 20 }: { name: keyof typeof paths; size?: number }): ReactNode {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
