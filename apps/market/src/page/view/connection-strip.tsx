/** The last two minutes of the connection to the exchange, as a picture, and what was counted. Room: page/view. */
import type { ReactNode } from "react";
import { type MarkKind, TIMELINE_MS } from "../state/timeline.js";
import { useStore, useView } from "../state/use-store.js";

const WIDTH = 600;
const HEIGHT = 40;

export function ConnectionStrip(): ReactNode {
  const { timeline } = useStore();
  const nowMs = useView((view) => Math.floor(view.nowMs / 500) * 500);
  const counts = useView(({ status }) => status?.counts);
  const x = (timeMs: number): number => Math.max(0, WIDTH - ((nowMs - timeMs) / TIMELINE_MS) * WIDTH);
  const stretches = timeline.stretches(nowMs);
  const lostMs = stretches.filter(({ state }) => state !== "open").reduce((sum, { fromMs, toMs }) => sum + Math.max(0, toMs - fromMs), 0);
  return (
    <div className="strip">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`The last two minutes of the connection to the exchange: ${(lostMs / 1_000).toFixed(0)} seconds without one`}>
        {stretches.map(({ fromMs, toMs, state }) => <rect key={fromMs} className={`stretch ${state}`} x={x(fromMs)} y={14} width={Math.max(1, x(toMs) - x(fromMs))} height={26} rx={3} />)}
        {timeline.marks(nowMs).map(({ atMs, kind }, index) => <rect key={`${atMs}${kind}${index}`} className={`mark ${kind}`} x={x(atMs) - 1.5} y={2} width={3} height={10} />)}
      </svg>
      <p className="strip-scale muted" aria-hidden="true"><span>2 min ago</span><span>now</span></p>
      <dl className="counts">
        <Count kind="reconnects" name="Reconnects" value={counts?.reconnects} />
        <Count kind="gaps" name="Gaps mended" value={counts?.gaps} />
        <Count kind="duplicates" name="Duplicates" value={counts?.duplicates} />
        <Count name="Sockets" value={counts?.connections} />
        <Count name="Channels" value={counts?.channels} />
        <Count name="Messages" value={counts?.messages} />
      </dl>
    </div>
  );
}

function Count({ kind, name, value }: { readonly kind?: MarkKind; readonly name: string; readonly value: number | undefined }): ReactNode {
  return <div><dt>{kind !== undefined && <span className={`mark-key ${kind}`} aria-hidden="true" />}{name}</dt><dd>{(value ?? 0).toLocaleString()}</dd></div>;
}
