/** The fault switches: asks the gateway, which asks the exchange. Room: page/state. */
import type { Control } from "../../shared/protocol.js";

/** @returns whether it was done. What is on then comes with the status. */
export async function changeFaults(change: Control): Promise<boolean> {
  try {
    const response = await fetch("/api/faults", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(change), signal: AbortSignal.timeout(6_000) });
    return response.ok;
  } catch {
    return false;
  }
}
