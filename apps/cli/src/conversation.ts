/**
 * What all conversations have in common, whatever is spoken: what is said first, lines in, when to end, Ctrl-C and Ctrl-D.
 */
import type { Terminal } from "./terminal.js";

/** Times are seconds. */
export interface ConversationFlags {
  readonly text?: string;
  readonly execute: readonly string[];
  readonly wait?: number;
  readonly count?: number;
  readonly eofWait: number;
}

/** Whom one talks to. */
export interface Peer {
  /** @param isTyped by a person, who may use commands. @returns a promise where the next line has to wait. */
  say(line: string, isTyped: boolean): Promise<unknown> | undefined;
  /** Ends it in good order. Idempotent. */
  close(): void;
  /** Stops and goes on reading. */
  hold(isHeld: boolean): void;
}

/** How long `-x` listens for answers, in seconds. */
const EXECUTE_WAIT = 1;

export class Conversation {
  readonly #flags: ConversationFlags;
  readonly #terminal: Terminal;
  readonly #peer: Peer;
  readonly #interrupted: AbortSignal;
  #isOpen = false;
  /** Goes on with the line that waits for a connection. */
  #goOn: () => void = nobody;
  #isListening = false;
  #isEnding = false;
  #isHeld = false;
  #received = 0;

  constructor(flags: ConversationFlags, terminal: Terminal, peer: Peer, interrupted: AbortSignal) {
    this.#flags = flags;
    this.#terminal = terminal;
    this.#peer = peer;
    this.#interrupted = interrupted;
    interrupted.addEventListener("abort", this.#onInterrupt, { once: true });
  }

  /** We ended it, or wanted to. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** There is a connection: for the first time, or again. */
  opened(): void {
    const { text, execute, wait } = this.#flags;
    const isScripted = execute.length > 0;
    this.#isOpen = true;
    for (const line of [...(text === undefined ? [] : [text]), ...execute]) void this.#peer.say(line, false);
    if (isScripted || wait !== undefined) this.#endAfter(wait ?? EXECUTE_WAIT);
    this.#goOn();
    if (!isScripted && !this.#isListening && !this.#isEnding) this.#listen();
  }

  /** The connection is lost; another may follow. */
  lost(): void {
    this.#isOpen = false;
  }

  /** Something came. @param hasRoom whether it could be written out at once. */
  received(hasRoom: boolean): void {
    if (++this.#received === this.#flags.count) this.end();
    if (!hasRoom && !this.#isHeld) void this.#wait();
  }

  /** It is over. */
  stop(): void {
    this.#interrupted.removeEventListener("abort", this.#onInterrupt);
    this.#terminal.stop();
  }

  /** We end it. @param close how; default in good order. */
  end(close: () => void = () => this.#peer.close()): void {
    this.#isEnding = true;
    this.#terminal.stop();
    close();
  }

  readonly #onInterrupt = (): void => this.end();

  #listen(): void {
    this.#isListening = true;
    this.#terminal.listen({
      onLine: async (line) => {
        while (!this.#isOpen && !this.#isEnding) await new Promise<void>((resolve) => (this.#goOn = resolve));
        if (!this.#isEnding) await this.#peer.say(line, this.#terminal.isInteractive);
      },
      onEnd: () => {
        if (this.#terminal.isInteractive) this.end(); // Ctrl-D
        else this.#endAfter(this.#flags.eofWait);
      },
    });
  }

  async #wait(): Promise<void> {
    this.#isHeld = true;
    this.#peer.hold(true);
    await this.#terminal.drained();
    this.#isHeld = false;
    this.#peer.hold(false);
  }

  /** Keeps nothing alive: a connection that ends earlier ends the program. */
  #endAfter(seconds: number): void {
    setTimeout(() => this.end(), seconds * 1_000).unref();
  }
}

function nobody(): void {
  // no line waits
}
