/**
 * From the session to its user: push mode, events, callbacks of `send`.
 *
 * Room: engineio shell.
 */
import { ConnectionError } from "@x/errors/engineio";
import type { Carrier } from "../core/carrier.js";
import type { Handshake } from "../core/open.js";
import { type WirePacket, describePacket } from "../core/packet.js";
import type { CloseReason } from "../core/session-config.js";
import type { HeldSession } from "../core/session-ports.js";
import type { SessionSink } from "../core/session-sink.js";
import type { MessageHandler } from "./ports.js";
import type { SocketEvents } from "./socket-events.js";

/** The socket as its delivery and its makers see it. */
export interface DeliveredSocket {
  readonly session: HeldSession;
  emit<Event extends keyof SocketEvents>(event: Event, ...args: SocketEvents[Event]): boolean;
  callSafely(event: string, callback: () => unknown): void;
}

/** What whoever made a socket does at its turning points, before the user hears of them. One object for all sockets of a server. */
export interface SocketHooks<S> {
  opened(socket: S, handshake: Handshake): void;
  /** @returns `true` when another transport will be tried. */
  openFailed(socket: S, description: unknown): boolean;
  upgraded(socket: S): void;
  /** The peer's heartbeat came. */
  heard?(socket: S): void;
  closed(socket: S, reason: CloseReason, description: unknown): void;
  /** After the user has heard of the end. */
  gone?(socket: S): void;
  touch(socket: S): void;
}

/** The end of a session, for handlers that come late. */
interface Ending {
  readonly reason: CloseReason;
  readonly description: unknown;
}

export class Delivery<S extends DeliveredSocket> implements SessionSink {
  readonly #socket: S;
  readonly #hooks: SocketHooks<S>;
  #handler: MessageHandler | undefined;
  #callbacks: (() => void)[] | undefined;
  #ending: Ending | undefined;

  constructor(socket: S, hooks: SocketHooks<S>) {
    this.#socket = socket;
    this.#hooks = hooks;
  }

  /** @param handler takes the place of the events, which come back without one. @param held what it is told first. */
  attach(handler: MessageHandler | undefined, held: readonly (string | Uint8Array)[] = []): void {
    this.#handler = handler;
    for (const data of held) this.onMessage(data);
    if (this.#ending !== undefined) this.#tellEnd(this.#ending);
  }

  /** Call back when all that waits now has gone to the transport. */
  whenSent(callback: () => void): void {
    if (this.#socket.session.outbox.length === 0) queueMicrotask(() => this.#socket.callSafely("send", callback));
    else (this.#callbacks ??= []).push(callback);
  }

  onMessage(data: string | Uint8Array): void {
    const handler = this.#handler;
    if (handler === undefined) {
      this.#socket.emit("data", data);
      this.#socket.emit("message", data);
      return;
    }
    try {
      handler.onMessage(data);
    } catch (error) { // not called safely itself: messages are many
      this.#socket.callSafely("message", () => { throw error; });
    }
  }

  onOpen(handshake: Handshake): void {
    this.#hooks.opened(this.#socket, handshake);
  }

  onOpenFailed(description: unknown): boolean {
    return this.#hooks.openFailed(this.#socket, description);
  }

  onPacket(wire: WirePacket): void {
    this.#socket.emit("packet", describePacket(wire));
  }

  onPacketCreate(wire: WirePacket): void {
    this.#socket.emit("packetCreate", describePacket(wire));
  }

  onHeartbeat(): void {
    this.#hooks.heard?.(this.#socket);
    this.#socket.emit("heartbeat");
  }

  onUpgrading(carrier: Carrier): void {
    this.#socket.emit("upgrading", carrier);
  }

  onUpgrade(carrier: Carrier): void {
    this.#hooks.upgraded(this.#socket);
    this.#socket.emit("upgrade", carrier);
  }

  onUpgradeError(_carrier: Carrier, cause: unknown): void {
    this.#socket.emit("upgradeError", new ConnectionError("Upgrade failed: the session goes on with polling", { code: "engineio/upgrade-failed", cause }));
  }

  onDrain(): void {
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    this.#socket.emit("flush");
    for (const callback of callbacks ?? []) this.#socket.callSafely("send", callback);
    const handler = this.#handler;
    if (handler?.onDrain !== undefined) this.#socket.callSafely("drain", () => handler.onDrain?.());
    this.#socket.emit("drain");
  }

  onDeadline(): void {
    this.#hooks.touch(this.#socket);
  }

  onClose(reason: CloseReason, description: unknown): void {
    this.#callbacks = undefined;
    this.#ending = { reason, description };
    this.#hooks.closed(this.#socket, reason, description);
    this.#tellEnd(this.#ending);
    this.#socket.emit("close", reason, description);
    this.#hooks.gone?.(this.#socket);
  }

  #tellEnd({ reason, description }: Ending): void {
    this.#socket.callSafely("close", () => this.#handler?.onClose(reason, description));
  }
}
