/**
 * A namespace as a class: its handlers, and the methods by client id with the namespace filled in.
 *
 * Room: socketio shell. One instance serves all clients: what belongs to one of them is kept in its session.
 */
import type { DefaultEventsMap, Untyped } from "../../core/event-types.js";
import { invalidArgument } from "../../core/faults.js";
import type { Namespace } from "../server/namespace.js";
import type { Request } from "../server/ports.js";
import type { DisconnectReason } from "../server/socket.js";
import type { Dispatcher, Found } from "./handlers.js";
import { SidMethods } from "./methods.js";
import type { Passing } from "./passing.js";
import type { SidHandlers } from "./types.js";

/** The server's side of a registered class. */
export interface SidHost {
  readonly passing: Passing;
  find(namespace: string): Namespace;
}

/** A class for a namespace, whatever its events. */
export interface NamespaceClass extends Dispatcher {
  readonly name: string;
  registered(host: SidHost): void;
}

/**
 * Extend it, and give it to `registerNamespace`:
 * `class Chat extends SidNamespace<ClientToServer, ServerToClient> { override readonly handlers = { message: (sid: string, text: string) => … } }`
 */
export class SidNamespace<Listen = DefaultEventsMap, Emit = DefaultEventsMap, Data extends object = Record<string, Untyped>> extends SidMethods<Emit, Data> implements NamespaceClass {
  readonly name: string;
  /** What answers each event; arrow functions see `this`. */
  readonly handlers: SidHandlers<Listen> = {};
  #host: SidHost | undefined;

  /** @param name of the namespace, default `/`. */
  constructor(name = "/") {
    super();
    this.name = name;
  }

  /** Whether the client may come in: `false` refuses it, and so does what it throws. */
  onConnect?(sid: string, request: Request, auth: Record<string, Untyped>): unknown;
  /** The client has gone; its session is still there. */
  onDisconnect?(sid: string, reason: DisconnectReason): unknown;
  /** Answers events that {@link handlers} does not have. */
  onEvent?(event: string, sid: string, ...args: Untyped[]): unknown;

  /** @internal What answers an event. */
  find(event: string): Found | undefined {
    if (event === "connect") return this.onConnect?.bind(this) as Found | undefined;
    if (event === "disconnect") return this.onDisconnect?.bind(this) as Found | undefined;
    if (Object.hasOwn(this.handlers, event)) return this.handlers[event as keyof Listen & string] as Found | undefined;
    return this.onEvent?.bind(this, event) as Found | undefined;
  }

  /** @internal Clients can be reached from now on. */
  registered(host: SidHost): void {
    this.#host = host;
  }

  protected override named(namespace: string = this.name): Namespace {
    return this.#hosted().find(namespace);
  }

  protected override get passing(): Passing {
    return this.#hosted().passing;
  }

  #hosted(): SidHost {
    if (this.#host === undefined) throw invalidArgument("Cannot reach clients: the namespace's class is not registered, must be");
    return this.#host;
  }
}
