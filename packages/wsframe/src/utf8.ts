/**
 * Incremental UTF-8 validation, RFC 3629 and RFC 6455 §8.1: fails at the first byte that cannot be continued.
 *
 * Room: wsframe core. Holds one small number between pieces, never bytes.
 */

/**
 * The states of the validator; {@link states.accept} stands between characters, {@link states.reject} is final, the others
 * name what must follow. The rows that differ by range keep out overlong forms, surrogates and what lies past U+10FFFF.
 */
const states = { accept: 0, reject: 1, tail1: 2, tail2: 3, tail3: 4, afterE0: 5, afterED: 6, afterF0: 7, afterF4: 8 } as const;
/** A byte's class decides the next state; 12 classes suffice for RFC 3629's table (§4). */
const classes = 12;

const classOf = buildClasses();
const next = buildTransitions();

/** Validates text that arrives in pieces. Reusable: call {@link Utf8Validator.reset} before the next text. */
export class Utf8Validator {
  #state: number = states.accept;

  /** Whether the bytes so far end with a whole character; a text that ends while this is false is invalid. */
  get isComplete(): boolean {
    return this.#state === states.accept;
  }

  /** Checks `[start, end)`. @returns `false` as soon as no continuation could make the text valid, and for ever after. */
  push(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
    let state = this.#state;
    let at = start;
    while (at < end) {
      if (state === states.accept) {
        at = skipCharacters(bytes, at, end);
        if (at === end) break;
      }
      state = next[state * classes + (classOf[bytes[at++] ?? 0] ?? 0)] ?? states.reject;
      if (state === states.reject) break;
    }
    this.#state = state;
    return state !== states.reject;
  }

  /** Forgets what came before: the next piece begins a new text. */
  reset(): void {
    this.#state = states.accept;
  }
}

/**
 * Skips whole characters whose lead byte leaves their continuation bytes their full range, which are nearly all, without
 * going through the table. @returns the offset of the first byte that needs it, or `end`.
 */
function skipCharacters(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      at++;
    } else if (byte < 0xe0) {
      if (byte < 0xc2 || at + 2 > end || ((bytes[at + 1] ?? 0) & 0xc0) !== 0x80) return at;
      at += 2;
    } else {
      if (byte === 0xe0 || byte === 0xed || byte >= 0xf0 || at + 3 > end) return at;
      if ((((bytes[at + 1] ?? 0) & 0xc0) | (((bytes[at + 2] ?? 0) & 0xc0) << 8)) !== 0x8080) return at;
      at += 3;
    }
  }
  return at;
}

function buildClasses(): Uint8Array {
  const table = new Uint8Array(256);
  const ranges = [
    [0x80, 0x8f, 1], [0x90, 0x9f, 2], [0xa0, 0xbf, 3], // continuation bytes, split where E0, ED, F0 and F4 differ
    [0xc0, 0xc1, 4], [0xc2, 0xdf, 5], // C0 and C1 would be overlong
    [0xe0, 0xe0, 6], [0xe1, 0xec, 7], [0xed, 0xed, 8], [0xee, 0xef, 7],
    [0xf0, 0xf0, 9], [0xf1, 0xf3, 10], [0xf4, 0xf4, 11], [0xf5, 0xff, 4],
  ] as const;
  for (const [from, to, kind] of ranges) table.fill(kind, from, to + 1);
  return table;
}

function buildTransitions(): Uint8Array {
  const table = new Uint8Array(9 * classes).fill(states.reject);
  const allow = (from: number, byteClasses: readonly number[], to: number): void => {
    for (const kind of byteClasses) table[from * classes + kind] = to;
  };
  allow(states.accept, [0], states.accept);
  allow(states.accept, [5], states.tail1);
  allow(states.accept, [6], states.afterE0);
  allow(states.accept, [7], states.tail2);
  allow(states.accept, [8], states.afterED);
  allow(states.accept, [9], states.afterF0);
  allow(states.accept, [10], states.tail3);
  allow(states.accept, [11], states.afterF4);
  allow(states.tail1, [1, 2, 3], states.accept);
  allow(states.tail2, [1, 2, 3], states.tail1);
  allow(states.tail3, [1, 2, 3], states.tail2);
  allow(states.afterE0, [3], states.tail1); // E0 A0..BF
  allow(states.afterED, [1, 2], states.tail1); // ED 80..9F: no surrogates
  allow(states.afterF0, [2, 3], states.tail2); // F0 90..BF
  allow(states.afterF4, [1], states.tail2); // F4 80..8F: up to U+10FFFF
  return table;
}
