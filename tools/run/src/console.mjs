/** What the two commands say while they work: numbered steps, indented details, elapsed time. */

/** A failure with advice: what went wrong, and what the reader can do next. */
export class Advice extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} next what to do
   * @param {{ cause?: unknown }} [options]
   */
  constructor(message, next, options) {
    super(message, options);
    this.name = "Advice";
    this.next = next;
  }
}

/**
 * @param {number} milliseconds
 * @returns {string} "0.4 s", "12.3 s", "2:05 min"
 */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}

/**
 * @param {string} text
 * @returns {string} the text without terminal colour codes
 */
export function withoutColour(text) {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");
}

/** Numbered steps of one command. */
export class Steps {
  #startedAt = performance.now();
  #number = 0;
  /** @type {number} */
  #total;
  /** @type {(line: string) => void} */
  #write;

  /**
   * @param {number} total how many steps the command has
   * @param {(line: string) => void} [write]
   */
  constructor(total, write = (line) => { console.log(line); }) {
    this.#total = total;
    this.#write = write;
  }

  /** @returns {number} milliseconds since the command began */
  get elapsedMs() {
    return performance.now() - this.#startedAt;
  }

  /** @param {string} title of a step that lasts until the program ends */
  begin(title) {
    this.#number += 1;
    this.#write(`[${this.#number}/${this.#total}] ${title}`);
  }

  /**
   * Announces a step, runs it, and says how long it took.
   * @template T
   * @param {string} title
   * @param {() => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  async run(title, work) {
    this.begin(title);
    const before = performance.now();
    const result = await work();
    this.detail(`done in ${duration(performance.now() - before)}`);
    return result;
  }

  /** @param {string} text one or more lines, indented below the step */
  detail(text) {
    for (const line of text.split("\n")) this.#write(`      ${line}`);
  }
}

/**
 * Says what stopped a command.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  if (error instanceof Advice) return `\n✗ ${error.message}\n  → ${error.next}`;
  return `\n✗ ${error instanceof Error ? error.stack ?? error.message : String(error)}`;
}
