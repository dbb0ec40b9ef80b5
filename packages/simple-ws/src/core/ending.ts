/**
 * How a connection ends: the state of closing.ts, the deadline of its present step, and what each step makes happen, in order.
 *
 * Room: simple-ws core. The base of {@link Connection}: one object per connection rather than two.
 */
import { WebSocketException } from "@x/errors/wsframe";
import { encodeClosePayload, isSendableCloseCode, MAX_REASON_BYTES, Opcode, type TextPort } from "@x/wsframe";
import { OPEN, onCloseReceived, onCloseRequested, onCloseTimeout, onEndReceived, onFault, onLinkClosed, onTerminated, type CloseInfo, type ClosingEffect, type ClosingState, type Transition } from "./closing.js";
import type { Detour } from "./detour.js";
import { writeControl, type ByteOutput } from "./frames.js";
import type { Profile } from "./profile.js";

export interface EndingSink {
  /** Why the connection ends is settled: no message will follow; the link may take a little longer. Once, before onClosed. */
  onSettled(info: CloseInfo): void;
  /** The link is gone. Once; the last callback. */
  onClosed(info: CloseInfo): void;
}

export abstract class Ending<Shell extends ByteOutput & EndingSink> {
  protected readonly profile: Profile;
  protected readonly shell: Shell;
  /** The time of the input that is being dealt with. */
  protected nowMs: number;
  protected detour: Detour | undefined;
  #state: ClosingState = OPEN;
  /** -1 while open, and once it has passed. */
  #deadlineMs = -1;

  protected constructor(profile: Profile, shell: Shell, nowMs: number) {
    this.profile = profile;
    this.shell = shell;
    this.nowMs = nowMs;
  }

  get state(): ClosingState["kind"] {
    return this.#state.kind;
  }

  /** Why the connection ends, as far as it is known: `undefined` while open. */
  get info(): CloseInfo | undefined {
    switch (this.#state.kind) {
      case "open": return undefined;
      case "closing": return { ...this.#state.sent, wasClean: false, initiator: "local" };
      case "draining": case "closed": return this.#state.info;
    }
  }

  /** Starts the closing handshake (§7.1.2). The caller has checked code and reason. */
  close(code: number, reason: string, nowMs: number): void {
    this.nowMs = nowMs;
    this.apply(onCloseRequested(this.#state, { code, reason }));
  }

  /** Ends the connection for something that the peer did, or did not do (§7.1.7). */
  fail(code: number, reason: string): void {
    this.apply(onFault(this.#state, { code, reason }));
  }

  /** The peer's FIN. */
  receiveEnd(nowMs: number): void {
    this.nowMs = nowMs;
    this.apply(onEndReceived(this.#state));
  }

  /** The link is gone, both ways. Idempotent. */
  linkClosed(): void {
    this.apply(onLinkClosed(this.#state));
  }

  /** Hangs up without a Close. */
  protected hangUp(): void {
    this.apply(onTerminated(this.#state));
  }

  protected closeReceived(code: number, reason: string): void {
    this.apply(onCloseReceived(this.#state, { code, reason }, this.profile.role));
  }

  /** Until when the peer may take to end what has begun to end; Infinity where nothing is awaited. */
  protected get endDeadlineMs(): number {
    return this.#deadlineMs < 0 || this.#state.kind === "closed" ? Infinity : this.#deadlineMs;
  }

  /** {@link endDeadlineMs} has come. */
  protected endTimedOut(): void {
    this.#deadlineMs = -1; // once is enough: the link reports its end by itself
    this.apply(onCloseTimeout(this.#state));
  }

  /** Bytes are of use: before our Close, and between it and the peer's. */
  protected get isReading(): boolean {
    return this.#state.kind === "open" || this.#state.kind === "closing";
  }

  /** Something threw on the way in or out: the peer's fault by the error's close code, or ours, which is thrown on. */
  protected failFor(error: unknown): void {
    const isPeers = error instanceof WebSocketException;
    const code = isPeers && error.closeCode !== undefined && isSendableCloseCode(error.closeCode) ? error.closeCode : 1011;
    this.fail(code, isPeers ? shorten(error.message, this.profile.codec.text) : "");
    if (!isPeers) throw error; // a sink or this package is at fault: not to be hidden
  }

  // TypeScript's `protected` below rather than `#`: private methods would cost each instance a field.

  protected apply([next, effects]: Transition): void {
    const before = this.#state;
    if (next === before && effects.length === 0) return;
    this.#state = next;
    if (before.kind === "open") this.#deadlineMs = this.nowMs + this.profile.settings.closeTimeoutMs;
    for (const effect of effects) {
      if (effect.kind === "destroy" || this.detour === undefined) this.carryOut(effect);
      else this.detour.after(() => this.carryOut(effect)); // what was sent before the Close leaves before it
    }
    this.report(before, next);
  }

  protected carryOut(effect: ClosingEffect): void {
    switch (effect.kind) {
      case "send": writeControl(this.shell, this.profile, Opcode.close, encodeClosePayload(effect.close.code, effect.close.reason, this.profile.codec.text)); break;
      case "end": this.shell.end(); break;
      case "destroy": this.shell.destroy(); break;
    }
  }

  protected report(before: ClosingState, next: ClosingState): void {
    const wasSettled = before.kind === "draining" || before.kind === "closed";
    if ((next.kind === "draining" || next.kind === "closed") && !wasSettled) {
      this.detour?.settle();
      this.shell.onSettled(next.info);
    }
    if (next.kind === "closed" && before.kind !== "closed") {
      this.detour?.close();
      this.shell.onClosed(next.info);
    }
  }
}

/** To what a Close has room for (§5.5). */
function shorten(reason: string, text: TextPort): string {
  let shorter = reason.slice(0, MAX_REASON_BYTES);
  while (text.byteLength(shorter) > MAX_REASON_BYTES) shorter = shorter.slice(0, -1);
  return shorter;
}
