/**
 * How many sessions there may be, in all and of one address; those being opened count from the first question on.
 *
 * Room: engineio node.
 */

/** Takes and gives back places; an address that is not known counts in all only. */
export class Places {
  readonly #max: number;
  readonly #maxPerAddress: number;
  readonly #perAddress = new Map<string, number>();
  #taken = 0;

  constructor(max: number, maxPerAddress: number) {
    this.#max = max;
    this.#maxPerAddress = maxPerAddress;
  }

  /** Are addresses to be told apart at all? */
  get countsAddresses(): boolean {
    return this.#maxPerAddress !== Infinity;
  }

  /** @returns which limit is in the way, or `undefined` when a place is taken. */
  take(address: string | undefined): "total" | "address" | undefined {
    if (this.#taken >= this.#max) return "total";
    if (address !== undefined) {
      const taken = this.#perAddress.get(address) ?? 0;
      if (taken >= this.#maxPerAddress) return "address";
      this.#perAddress.set(address, taken + 1);
    }
    this.#taken++;
    return undefined;
  }

  /** To be called once per place, with the address that took it. */
  give(address: string | undefined): void {
    this.#taken--;
    if (address === undefined) return;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}
