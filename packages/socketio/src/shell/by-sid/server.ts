/**
 * The server by client id, as python-socketio's users know it: a view of a {@link Server}, beside which its own API goes on working.
 *
 * Room: socketio shell. Which handler gets an event is in `handlers.ts`. Refusals, failures and limits are the server's.
 */
import { callSafely } from "@x/errors/handlers";
import { BadNamespaceError, ConnectionRefusedError, SocketIOError } from "@x/errors/socketio";
import type { EventName, Untyped } from "../../core/event-types.js";
import { invalidOption } from "../../core/faults.js";
import type { Namespace } from "../server/namespace.js";
import type { Request } from "../server/ports.js";
import type { Socket } from "../server/public-socket.js";
import { judge } from "../server/refusal.js";
import type { DisconnectReason } from "../server/socket.js";
import { type ClassOf, ClassTable } from "./classes.js";
import { ANY, type AnyHandler, type Found, HandlerTable, normal } from "./handlers.js";
import { SidMethods } from "./methods.js";
import type { NamespaceClass, SidHost } from "./namespace.js";
import { Passing } from "./passing.js";
import { valuesOf } from "./tuple.js";
import { Turns } from "./turns.js";
import type { SidHandler, SidScope } from "./types.js";

export interface SidOptions {
  /** Namespaces that clients may join beside those that have handlers; `*` for all. Default `/`. */
  readonly namespaces?: "*" | readonly string[];
  /** Whether clients are told that they are connected before their connect handler runs; a refusal then disconnects them. Default `false`. */
  readonly alwaysConnect?: boolean;
  /** Whether handlers of one connection run side by side. `false`: one after the other. Default `true`. */
  readonly asyncHandlers?: boolean;
  /** Most events of one connection that wait for their turn with `asyncHandlers: false`; beyond it the client is disconnected. Count; default 1000. */
  readonly maxQueuedEvents?: number;
}

/** What it needs of a server. */
export interface SidServerHost<Listen, Emit, InterServer, Data> {
  readonly sockets: Namespace<Listen, Emit, InterServer, Data>;
  readonly _nsps: ReadonlyMap<string, Namespace>;
  of(name: string | RegExp): unknown;
}

type ConnectHandler = (sid: string, request: Request, auth: Record<string, Untyped>) => unknown;
type DisconnectHandler = (sid: string, reason: DisconnectReason) => unknown;

/** {@link bySid} makes one. */
export class SidServer<Listen, Emit, Data extends object> extends SidMethods<Emit, Data> implements SidHost {
  override readonly passing: Passing = new Passing();
  readonly #io: SidServerHost<Untyped, Untyped, Untyped, Untyped>;
  readonly #open: ReadonlySet<string>;
  readonly #isOpenToAll: boolean;
  readonly #alwaysConnect: boolean;
  readonly #turns: Turns | undefined;
  readonly #maxQueuedEvents: number;
  readonly #hooked = new Set<string>();
  readonly #classes: ClassTable;
  readonly #handlers = new HandlerTable((name) => this.#classes.own(name), (name) => this.#classes.any(name));

  /** @throws {SocketIOError} `socketio/invalid-option`. */
  constructor(io: SidServerHost<Untyped, Untyped, Untyped, Untyped>, { namespaces = ["/"], alwaysConnect = false, asyncHandlers = true, maxQueuedEvents = 1000 }: SidOptions) {
    super();
    if (!(maxQueuedEvents > 0)) throw invalidOption("maxQueuedEvents must be a positive number");
    this.#io = io;
    this.#classes = new ClassTable(this, io._nsps);
    this.#isOpenToAll = namespaces === ANY;
    this.#open = new Set(namespaces === ANY ? [] : namespaces.map(normal));
    this.#alwaysConnect = alwaysConnect;
    this.#maxQueuedEvents = maxQueuedEvents;
    this.#turns = asyncHandlers ? undefined : new Turns(maxQueuedEvents);
    for (const name of ["/", ...this.#open, ...(this.#isOpenToAll ? io._nsps.keys() : [])]) this.#hook(name);
    if (this.#isOpenToAll) this.#listen(io.of(/^\/./su) as Namespace);
  }

  /**
   * Sets the handler of an event, in place of the one before; `*` stands for every event, or every namespace, without a handler of its own.
   * It gets what `socket.use` lets pass, after the socket's own listeners; what it returns is the acknowledgement.
   * Connect handlers refuse the client by `false`, or by throwing {@link ConnectionRefusedError}. One that comes back with its session
   * (`connectionStateRecovery`) passes its connect handler, too: connected already, in its rooms, its session not empty.
   */
  on(event: "connect", handler: ConnectHandler, scope?: SidScope): this;
  on(event: "disconnect", handler: DisconnectHandler, scope?: SidScope): this;
  on(event: string, handler: (...args: Untyped[]) => unknown, scope: { readonly namespace: "*" }): this;
  on(event: "*", handler: (event: string, sid: string, ...args: Untyped[]) => unknown, scope?: SidScope): this;
  on<Name extends EventName<Listen>>(event: Name, handler: SidHandler<Listen, Name>, scope?: SidScope): this;
  on(event: string, handler: AnyHandler, { namespace = "/" }: SidScope = {}): this {
    this.#handlers.set(normal(namespace), event, handler);
    if (namespace !== ANY) this.#hook(normal(namespace));
    return this;
  }

  /**
   * Opens a class's namespace; a function makes the class of every namespace that has none of its own. A later one takes an earlier one's place.
   * @throws {SocketIOError} `socketio/invalid-argument` for anything else: the class itself, or an instance for `*`.
   */
  registerNamespace(namespace: NamespaceClass | ClassOf): this {
    if (typeof namespace === "function") this.#classes.setAny(namespace);
    else this.#hook(this.#classes.set(namespace));
    return this;
  }

  /** @internal */
  find(name: string): Namespace {
    const namespace = this.#io._nsps.get(normal(name));
    if (namespace === undefined) throw new BadNamespaceError("There is no such namespace", { code: "socketio/unknown-namespace", namespace: name.slice(0, 64) });
    return namespace;
  }

  protected override named(namespace = "/"): Namespace {
    return this.find(namespace);
  }

  /** A namespace that comes by the pattern for all has its listeners already. */
  #hook(name: string): void {
    if (this.#hooked.has(name)) return;
    this.#hooked.add(name);
    const isNew = !this.#io._nsps.has(name);
    const namespace = this.#io.of(name) as Namespace;
    if (!isNew || !this.#isOpenToAll) this.#listen(namespace);
  }

  #listen(namespace: Namespace): void {
    namespace.use((socket, next) => this.#ask(socket, next));
    namespace.on("connection", (socket) => this.#arrived(socket));
  }

  /** The namespace `/` is always there; whether clients may join it is for the list to say. */
  #isOpen(name: string): boolean {
    return this.#isOpenToAll || this.#open.has(name) || this.#handlers.has(name) || this.#classes.own(name) !== undefined;
  }

  async #ask(socket: Socket, next: () => void): Promise<void> {
    if (!this.#isOpen(socket.nsp.name)) throw new BadNamespaceError("Invalid namespace", { code: "socketio/namespace-refused" });
    const handler = this.#alwaysConnect ? undefined : this.#handlers.find(socket.nsp.name, "connect");
    if (handler !== undefined) await this.#admit(socket, handler);
    next();
  }

  async #admit(socket: Socket, handler: Found): Promise<void> {
    const arrival = this.passing.enter(socket);
    try {
      const verdict = await handler(socket.id, socket.request, socket.handshake.auth);
      if (verdict === false || arrival.isRefused) throw refused();
    } finally {
      this.passing.entered(arrival);
    }
  }

  /** A client that comes back with its session is not asked (`skipMiddlewares`), but it has left, and so it arrives. */
  #arrived(socket: Socket): void {
    const { nsp } = socket;
    nsp.receiver ??= (sid, event, args) => {
      const sender = nsp.sockets.get(sid);
      if (sender !== undefined) this.#receive(sender, event, args); // a listener of its own may just have disconnected it
    };
    socket.on("disconnecting", (reason: DisconnectReason) => this.#left(socket, reason));
    if (!this.passing.arrived(socket)) void this.#examine(socket);
  }

  /** Nobody has asked the connect handler. The client is told that it is connected, so that what refuses it disconnects it. */
  async #examine(socket: Socket): Promise<void> {
    try {
      const handler = this.#handlers.find(socket.nsp.name, "connect");
      if ((await handler?.(socket.id, socket.request, socket.handshake.auth)) === false) throw refused();
    } catch (error) {
      if (judge({ error, isCrash: true }).isCrash) this.#report(socket, "connect", error);
      socket.disconnect();
    }
  }

  #receive(socket: Socket, event: string, args: readonly unknown[]): void {
    const handler = this.#handlers.find(socket.nsp.name, event);
    if (handler === undefined) return;
    const acknowledge = ackOf(args);
    const task = async (): Promise<void> => {
      if (acknowledge !== undefined) acknowledge(...valuesOf(await handler(socket.id, ...args.slice(0, -1))));
      else await handler(socket.id, ...args);
    };
    if (!this.#run(socket, event, task)) this.#overrun(socket);
  }

  #left(socket: Socket, reason: DisconnectReason): void {
    const handler = this.#handlers.find(socket.nsp.name, "disconnect");
    if (handler === undefined) return;
    this.passing.leave(socket);
    const task = async (): Promise<void> => {
      try {
        await handler(socket.id, reason);
      } finally {
        this.passing.left(socket);
      }
    };
    this.#run(socket, "disconnect", task, true);
  }

  #run(socket: Socket, event: string, task: () => Promise<void>, isUrgent = false): boolean {
    const safely = async (): Promise<void> => callSafely(task, [], (error) => this.#report(socket, event, error));
    if (this.#turns !== undefined) return this.#turns.take(socket.client, safely, isUrgent);
    void safely();
    return true;
  }

  #overrun(socket: Socket): void {
    const { context, name } = socket.nsp;
    const details = { limit: "maxQueuedEvents", value: this.#maxQueuedEvents };
    context.reportPeer(new SocketIOError("Too many events wait for their handlers", { code: "socketio/too-many-events", details }), { event: "packet", namespace: name, socketId: socket.id });
    socket.disconnect(true);
  }

  #report(socket: Socket, event: string, error: unknown): void {
    socket.nsp.context.report(error, { event, namespace: socket.nsp.name, socketId: socket.id });
  }
}

function refused(): ConnectionRefusedError {
  return new ConnectionRefusedError("Connection rejected by server");
}

/** Nothing but the wish for an acknowledgement arrives as a function. */
function ackOf(args: readonly unknown[]): AnyHandler | undefined {
  const last = args.at(-1);
  return typeof last === "function" ? (last as AnyHandler) : undefined;
}

/**
 * A view of `io` by client id. Once per server, before clients come; `io`'s own listeners and middleware go on working, middleware first.
 * @throws {SocketIOError} `socketio/invalid-option`.
 */
export function bySid<Listen, Emit, InterServer, Data extends object>(io: SidServerHost<Listen, Emit, InterServer, Data>, options: SidOptions = {}): SidServer<Listen, Emit, Data> {
  return new SidServer<Listen, Emit, Data>(io, options);
}
