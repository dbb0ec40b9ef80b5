/**
 * A namespace: its sockets, its middleware, its adapter (Socket.IO protocol v5, "Connection to a namespace").
 *
 * Room: socketio shell.
 */
import type { EventName as Key, Listener as Handler } from "@x/errors/emitter";
import { callSafely } from "@x/errors/handlers";
import type { Adapter, AdapterNamespace } from "../../adapter/port.js";
import type { Ask } from "../../core/ask.js";
import type { SocketId } from "../../core/broadcast.js";
import type { Events } from "../../core/emitter.js";
import type { AckName, AckValue, AllButLast, EventArguments, EventName, DefaultEventsMap, Untyped, WithReplies } from "../../core/event-types.js";
import { atLimit } from "../../core/faults.js";
import type { Claim, SessionKeeper } from "../../core/session-keeper.js";
import { Arrival } from "./arrival.js";
import { askServers, tellServers } from "./between-servers.js";
import { BroadcastEmitter } from "./broadcast-emitter.js";
import { BroadcastOperator } from "./broadcast-operator.js";
import type { Client, ClientSocket } from "./client.js";
import { Middleware, type Step } from "./middleware.js";
import type { ServerContext } from "./ports.js";
import type { FindKeeper } from "./recovery.js";
import { Roster } from "./roster.js";
import { Socket } from "./socket.js";
import type { Receiver } from "./socket-ports.js";

/** Two words for the same; handlers of the first run first. */
const ARRIVALS = ["connect", "connection"] as const;

/** The server as its namespaces show it. */
export interface NamespaceServer {
  readonly encoder: ServerContext["encoder"];
  readonly opts: object;
  readonly of: (name: string) => unknown;
  readonly createAdapter: (nsp: AdapterNamespace) => Adapter;
  readonly findKeeper: FindKeeper;
  /** @internal The namespace has lost its last socket. */
  readonly emptied: (nsp: { readonly name: string }) => void;
}

export interface NamespaceReservedEvents<S> {
  connect: (socket: S) => void;
  connection: (socket: S) => void;
  new_namespace: (namespace: Namespace) => void;
}

/** A socket that knows the type of its namespace. */
export type NspSocket<Listen, Emit, InterServer, SocketData> = Socket<Listen, Emit, InterServer, SocketData, Namespace<Listen, Emit, InterServer, SocketData>>;

type Args<Listen, Emit, InterServer, SocketData> = Events<InterServer, NamespaceReservedEvents<NspSocket<Listen, Emit, InterServer, SocketData>>>;
type Name<Listen, Emit, InterServer, SocketData> = Key<Args<Listen, Emit, InterServer, SocketData>>;

export class Namespace<Listen = DefaultEventsMap, Emit = DefaultEventsMap, InterServer = DefaultEventsMap, SocketData = Untyped>
  extends BroadcastEmitter<InterServer, Emit, SocketData, NamespaceReservedEvents<NspSocket<Listen, Emit, InterServer, SocketData>>> {
  readonly name: string;
  readonly server: NamespaceServer;
  readonly context: ServerContext;
  readonly sockets: Map<SocketId, NspSocket<Listen, Emit, InterServer, SocketData>> = new Roster<NspSocket<Listen, Emit, InterServer, SocketData>>();
  readonly #middleware = new Middleware<NspSocket<Listen, Emit, InterServer, SocketData>>();
  readonly #once = new Set<unknown>();
  /** Sockets whose middleware is still running. */
  #asking = 0;
  #adapter: Adapter;
  /** Once it is to end. */
  #adapterEnd: Promise<void> | undefined;
  /** @internal Where clients may come back. */
  sessions: SessionKeeper | undefined;
  /** @internal */
  receiver: Receiver | undefined;
  /** Acknowledgement ids, one sequence for the namespace so that a broadcast has one for all. */
  _ids = 0;

  constructor(name: string, server: NamespaceServer, context: ServerContext) {
    super((error, failure) => context.report(error, { ...failure, namespace: name }));
    this.name = name;
    this.server = server;
    this.context = context;
    this.#adapter = this.#makeAdapter();
  }

  get adapter(): Adapter {
    return this.#adapter;
  }

  override on<Event extends Name<Listen, Emit, InterServer, SocketData>>(event: Event, listener: Handler<Args<Listen, Emit, InterServer, SocketData>[Event]>): this {
    this.#once.delete(listener);
    return super.on(event, listener);
  }

  override once<Event extends Name<Listen, Emit, InterServer, SocketData>>(event: Event, listener: Handler<Args<Listen, Emit, InterServer, SocketData>[Event]>): this {
    if (event === "connection" || event === "connect") this.#once.add(listener);
    return super.once(event, listener);
  }

  override prependOnceListener<Event extends Name<Listen, Emit, InterServer, SocketData>>(event: Event, listener: Handler<Args<Listen, Emit, InterServer, SocketData>[Event]>): this {
    if (event === "connection" || event === "connect") this.#once.add(listener);
    return super.prependOnceListener(event, listener);
  }

  /** Adds middleware: `next()` lets the socket in, `next(error)` refuses it with the error's message and `data`. */
  use(step: Step<NspSocket<Listen, Emit, InterServer, SocketData>>): this {
    this.#middleware.use(step);
    return this;
  }

  /**
   * Sends an event to the other servers of the cluster; a function as last argument gets an error or `null`, and their replies.
   * @throws {SocketIOError} `socketio/reserved-event`: `connect`, `connection`, `new_namespace`.
   */
  serverSideEmit<Name extends EventName<InterServer>>(event: Name, ...args: EventArguments<WithReplies<InterServer>, Name>): boolean {
    tellServers(this, event, args);
    return true;
  }

  /**
   * @returns the replies of the other servers.
   * @throws (as a rejection) {@link SocketIOError} as {@link serverSideEmit}; when some do not answer, the adapter's error as {@link InterServerError} with the others' replies.
   */
  serverSideEmitWithAck<Name extends AckName<InterServer>>(event: Name, ...args: AllButLast<EventArguments<InterServer, Name>>): Promise<AckValue<EventArguments<InterServer, Name>>[]>;
  serverSideEmitWithAck(event: string, ...args: readonly unknown[]): Promise<unknown> {
    return askServers(this, event, args);
  }

  /** @internal Adapters bring what another server sent. */
  _onServerSideEmit([event, ...args]: unknown[]): void {
    this.run(String(event), args);
  }

  /** @internal A client asks to be let in. */
  admit(client: Client, ask: Ask<ClientSocket>, auth: Record<string, unknown>): void {
    if (!client.isAsking(ask)) { // whoever found the namespace took too long
      this.settle();
      return;
    }
    const claim = this.sessions?.claim(auth["pid"], auth["offset"]);
    if (!(claim instanceof Promise)) {
      this.#consider(client, ask, auth, claim);
      return;
    }
    this.#asking++;
    const consider = (found: Claim | undefined): void => {
      this.#asking--;
      if (client.isAsking(ask)) this.#consider(client, ask, auth, found);
      else this.settle();
    };
    const report = (error: unknown): void => this.context.report(error, { event: "connection", namespace: this.name });
    claim.then(consider, (error: unknown) => {
      report(error);
      consider(undefined);
    }).catch(report);
  }

  /** @internal */
  remove({ id }: { readonly id: SocketId }): void {
    this.sockets.delete(id);
    this.settle();
  }

  /** @internal For those who come in. */
  enter(socket: NspSocket<Listen, Emit, InterServer, SocketData>): void {
    this.#asking--;
    this.sockets.set(socket.id, socket);
  }

  /** @internal Calls the listeners of a connection; those of `once` are gone before. */
  greet(socket: NspSocket<Listen, Emit, InterServer, SocketData>, onError: (error: unknown) => void): void {
    for (const event of ARRIVALS) {
      if (!this.hasListeners(event)) continue;
      const listeners = this.listeners(event);
      if (this.#once.size > 0) for (const listener of listeners) if (this.#once.delete(listener)) this.off(event, listener);
      for (const listener of listeners) callSafely(listener, [socket], onError);
    }
  }

  /** @internal A socket was not let in. */
  abandon(): void {
    this.#asking--;
    this.settle();
  }

  /** @internal Another adapter takes over; only before the first socket. */
  renewAdapter(): void {
    void this.closeAdapter();
    this.#adapterEnd = undefined;
    this.#adapter = this.#makeAdapter();
  }

  /** @internal The adapter ends, once, whoever asks how often. @returns when it has; what it fails with is reported. */
  closeAdapter(): Promise<void> {
    return (this.#adapterEnd ??= this.#endAdapter());
  }

  /** @internal */
  onConnection(listener: (socket: NspSocket<Listen, Emit, InterServer, SocketData>) => unknown): void {
    this.on("connect", listener);
  }

  /** @internal Gives a new namespace what was registered on this one. */
  copyTo(child: Namespace<Listen, Emit, InterServer, SocketData>): void {
    child.#middleware.useAll(this.#middleware);
    for (const event of ARRIVALS) for (const listener of this.listeners(event)) child.on(event, listener);
  }

  protected override all(): BroadcastOperator<Emit, SocketData> {
    return new BroadcastOperator(this);
  }

  /** @internal */
  announceNamespace(namespace: unknown): void {
    this.run("new_namespace", [namespace]);
  }

  #consider(client: Client, ask: Ask<ClientSocket>, auth: Record<string, unknown>, claim: Claim | undefined): void {
    if (claim?.session?.holder === undefined && this.#isFull()) {
      client.refuse(ask, { message: "Too many connections", data: { code: "socketio/too-many-connections" } });
      return;
    }
    const socket: NspSocket<Listen, Emit, InterServer, SocketData> = new Socket(this, client, auth, claim);
    this.#asking++;
    ask.candidate = socket;
    const arrival = new Arrival(this, socket, client, ask, claim);
    if (claim?.session !== undefined && this.sessions?.skipsMiddlewares === true) arrival.letIn();
    else this.#middleware.run(arrival);
  }

  /** @internal Nobody may be in it any more, nor about to be, nor able to come back. */
  settle(): void {
    const awayCount = this.sessions?.awayCount ?? 0;
    if (this.sockets.size === 0 && this.#asking === 0 && awayCount === 0) this.server.emptied(this);
  }

  #isFull(): boolean {
    const { reportPeer, settings } = this.context;
    const limit = settings.maxSocketsPerNamespace;
    if (this.sockets.size + this.#asking < limit) return false;
    reportPeer(atLimit("Cannot let the client in: too many are in the namespace", "socketio/too-many-connections", "maxSocketsPerNamespace", limit), { event: "connection", namespace: this.name });
    return true;
  }

  async #endAdapter(): Promise<void> {
    try {
      await this.#adapter.close();
    } catch (error) {
      this.context.report(error, { event: "adapter", namespace: this.name });
    }
  }

  #makeAdapter(): Adapter {
    const adapter = this.server.createAdapter(this);
    this.sessions = this.server.findKeeper(adapter);
    void callSafely(() => adapter.init(), [], (error) => this.context.report(error, { event: "adapter", namespace: this.name }));
    return adapter;
  }
}
