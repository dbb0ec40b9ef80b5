/**
 * The exchange's faults, as the gateway knows and changes them over the exchange's control interface.
 *
 * Room: gateway.
 */
import { faultsSchema, NO_FAULTS, type Control, type Faults } from "../shared/protocol.js";

/** One request to the exchange's control interface. */
const TIMEOUT_MS = 5_000;

export class FaultSwitches {
  readonly #url: string;
  #faults: Faults = NO_FAULTS;

  /** @param exchangeUrl of its WebSocket. */
  constructor(exchangeUrl: string) {
    const url = new URL("/control", exchangeUrl);
    url.protocol = url.protocol.replace("ws", "http");
    this.#url = url.href;
  }

  get faults(): Faults {
    return this.#faults;
  }

  /** @throws {Error} the exchange cannot be reached, or does not want to. */
  async refresh(): Promise<Faults> {
    return this.#ask();
  }

  /** @throws {Error} as {@link refresh}. */
  async change(change: Control): Promise<Faults> {
    return this.#ask({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(change) });
  }

  async #ask(init: RequestInit = {}): Promise<Faults> {
    const response = await fetch(this.#url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
    if (!response.ok) throw new Error(`The exchange answered ${response.status}`);
    this.#faults = faultsSchema.parse(await response.json());
    return this.#faults;
  }
}
