/**
 * What the connections of a resilient socket have come to since its beginning. Room: pool core.
 */
import type { Adoption } from "./lifecycle.js";

export class Ledger {
  /** Connections made after one was lost. */
  reconnects = 0;
  /** Connections made before one was too old. */
  renewals = 0;
  /** Failures that were told. */
  errors = 0;
  /** When the last of the reconnects was. */
  reconnectedMs: number | undefined;
  /** Since when there has been a connection without a gap; `undefined` while there is none. */
  upSinceMs: number | undefined;

  adopted({ downtimeMs, replacedAgeMs }: Adoption, nowMs: number): void {
    if (replacedAgeMs === undefined) this.upSinceMs = nowMs;
    else this.renewals++;
    if (downtimeMs === undefined) return;
    this.reconnects++;
    this.reconnectedMs = nowMs;
  }

  dropped(): void {
    this.upSinceMs = undefined;
  }
}
