/**
 * A connection's way in: who gets its messages. A handler alone costs a field; everybody else reads through an {@link Intake}.
 *
 * Room: simple-ws shell. A base of {@link Driver}, as {@link Outgoing} is: one object per connection rather than three.
 */
import type { Clock } from "@x/errors/clock";
import { Opcode } from "@x/wsframe";
import type { CloseInfo } from "../core/closing.js";
import type { Connection } from "../core/connection.js";
import type { ConnectionSettings } from "../core/options.js";
import type { ConnectionHandler } from "./contract.js";
import { hand, Intake, tellClosed, tellControl, tellDrained, tellFragment, type IntakeOwner } from "./intake.js";
import { Outgoing } from "./outgoing.js";

export abstract class Incoming extends Outgoing implements IntakeOwner {
  protected messagesReceived = 0;
  protected abstract readonly machine: Connection;
  /** Who gets messages as long as nothing else is wanted than that: see {@link attach}. */
  #handler: ConnectionHandler | undefined;
  #intake: Intake | undefined;

  abstract onHold(isHeld: boolean): void;
  abstract onOverflow(): void;

  get limits(): ConnectionSettings {
    return this.profile.settings;
  }

  get clock(): Clock {
    return this.profile.runtime.clock;
  }

  /** Made when somebody reads otherwise than by {@link attach}, or when a connection ends: idle ones have none. */
  get intake(): Intake {
    if (this.#intake !== undefined) return this.#intake;
    const { info, state } = this.machine;
    const end = info === undefined || state === "closing" ? undefined : { info, isClosed: state === "closed" };
    this.#intake = new Intake(this, this.#handler, end);
    this.#handler = undefined;
    return this.#intake;
  }

  attach(handler: ConnectionHandler): void {
    if (this.#intake === undefined && this.#handler === undefined && this.machine.state === "open") this.#handler = handler;
    else this.intake.attach(handler);
  }

  onMessage(data: string | Uint8Array): void {
    this.messagesReceived++;
    if (this.#handler === undefined) this.intake.deliver(data);
    else hand(this.#handler, data);
  }

  get wantsFragments(): boolean {
    return (this.#handler ?? this.#intake?.handler)?.onFragment !== undefined;
  }

  onFragment(payload: Uint8Array, opcode: Opcode, isLast: boolean): void {
    const handler = this.#handler ?? this.#intake?.handler;
    if (handler !== undefined) tellFragment(handler, payload, opcode === Opcode.text ? "text" : "binary", isLast);
  }

  /** For each Ping and Pong of the peer's. */
  protected tellControl(name: "onPing" | "onPong", payload: Uint8Array): void {
    const handler = this.#handler ?? this.#intake?.handler;
    if (handler !== undefined) tellControl(handler, name, payload);
  }

  protected tellDrained(): void {
    this.#intake?.drain();
    if (this.#handler !== undefined) tellDrained(this.#handler);
  }

  /** No message will follow. */
  protected tellSettled(info: CloseInfo): void {
    this.#intake?.settle(info);
  }

  protected tellClosed(info: CloseInfo): void {
    this.#intake?.close();
    if (this.#handler !== undefined) tellClosed(this.#handler, info);
  }

  /** Whoever reads has no room, or has paused. */
  protected get isHeld(): boolean {
    return this.#intake?.isHeld === true;
  }

  /** Messages lost to the inbox's policy. */
  protected get messagesDropped(): number {
    return this.#intake?.dropped ?? 0;
  }
}
