/**
 * What of a {@link Manager}'s policy is asked and set while it lives, by socket.io-client's names.
 *
 * Room: socketio shell. What is set holds from the next wait on.
 */
import type { ReconnectPolicy } from "../../core/client-connection.js";
import { TypedEmitter } from "../../core/emitter.js";
import type { ManagerEvents } from "./manager-events.js";
import { type ManagerOptions, readPolicy } from "./options.js";

export abstract class ManagerSettings extends TypedEmitter<object, ManagerEvents> {
  /** @internal When to connect again, and how long to wait. */
  abstract policy: ReconnectPolicy;

  protected abstract stopReconnecting(): void;

  reconnection(): boolean;
  /** `false` also ends a wait for another attempt. */
  reconnection(value: boolean): this;
  reconnection(value?: boolean): boolean | this {
    const answer = this.#setting("reconnection", value);
    if (value === false) this.stopReconnecting();
    return answer;
  }
  reconnectionAttempts(): number;
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(value?: number): number | this {
    return this.#setting("reconnectionAttempts", value);
  }
  reconnectionDelay(): number;
  reconnectionDelay(value: number): this;
  reconnectionDelay(value?: number): number | this {
    return this.#setting("reconnectionDelay", value);
  }
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(value?: number): number | this {
    return this.#setting("reconnectionDelayMax", value);
  }
  randomizationFactor(): number;
  randomizationFactor(value: number): this;
  randomizationFactor(value?: number): number | this {
    return this.#setting("randomizationFactor", value);
  }
  timeout(): number;
  timeout(value: number | false): this;
  timeout(value?: number | false): number | this {
    return this.#setting("timeout", value);
  }

  /** A part of the policy, changed where there is a value. @throws {SocketIOError} `socketio/invalid-option` */
  #setting<Name extends keyof ReconnectPolicy>(name: Name, value: ManagerOptions[Name]): ReconnectPolicy[Name] | this {
    if (value === undefined) return this.policy[name];
    this.policy = readPolicy({ ...this.policy, [name]: value });
    return this;
  }
}
