/**
 * The server's side of Socket.IO's admin UI: the protocol of `@socket.io/admin-ui` 0.5, which admin.socket.io speaks.
 *
 * Room: socketio node. A page of another origin needs `cors`. Namespaces that come later are watched, too; an adapter that does is not:
 * choose it first.
 */
import { hostname } from "node:os";
import type { Timer } from "@x/errors/clock";
import { ConnectionRefusedError } from "@x/errors/socketio";
import type { Untyped } from "../../core/event-types.js";
import type { Namespace } from "../../shell/server/namespace.js";
import type { Socket } from "../../shell/server/public-socket.js";
import type { Server } from "../server.js";
import { AdminAccess, type AdminOptions, type AdminSettings, readAdminOptions } from "./options.js";
import { DataWatch, describeAll, watchNamespace } from "./sockets.js";
import { Traffic } from "./traffic.js";

const COMMANDS = ["EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT"];

type AnyServer = Server<Untyped, Untyped, Untyped>;

/** {@link instrument} makes one. */
export class Admin {
  readonly #io: AnyServer;
  readonly #settings: AdminSettings;
  readonly #access: AdminAccess;
  readonly #namespace: Namespace;
  readonly #traffic = new Traffic();
  readonly #data = new DataWatch();
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(io: AnyServer, options: AdminOptions) {
    this.#io = io;
    this.#settings = readAdminOptions(options);
    this.#access = new AdminAccess(options.auth);
    this.#namespace = io.of(this.#settings.namespaceName);
    this.#namespace.use((socket, next) => this.#admit(socket, next));
    this.#namespace.on("connection", (socket) => this.#welcome(socket));
    this.#traffic.watch(io.engine);
    if (this.#settings.mode === "development") this.#watchAll();
    this.#tick();
  }

  /** Tells admins no more, and disconnects them. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) this.#namespace.context.clock.clearTimer(this.#timer);
    this.#namespace.disconnectSockets();
  }

  async #admit(socket: Socket, next: () => void): Promise<void> {
    if (this.#isClosed || !(await this.#access.allows(socket.handshake.auth))) throw new ConnectionRefusedError("invalid credentials");
    next();
  }

  async #welcome(socket: Socket): Promise<void> {
    const { readonly, mode } = this.#settings;
    if (!readonly) this.#obey(socket);
    const isOpen = mode === "development";
    socket.emit("config", { supportedFeatures: [...(readonly ? [] : COMMANDS), "AGGREGATED_EVENTS", ...(isOpen ? ["ALL_EVENTS"] : [])] });
    if (this.#access.hasSessions) socket.emit("session", this.#access.open());
    if (isOpen) socket.emit("all_sockets", await describeAll(this.#io._nsps.values()));
  }

  /** What an admin asks for something that there is not does nothing. */
  #obey(socket: Socket): void {
    const audience = (name: unknown, filter: unknown): ReturnType<Namespace["in"]> | Namespace | undefined => {
      const nsp = this.#io._nsps.get(String(name));
      return typeof filter === "string" && filter !== "" ? nsp?.in(filter) : nsp;
    };
    socket.on("emit", (nsp: unknown, filter: unknown, event: unknown, ...args: unknown[]) => void audience(nsp, filter)?.emit(String(event), ...args));
    socket.on("join", (nsp: unknown, room: unknown, filter: unknown) => audience(nsp, filter)?.socketsJoin(String(room)));
    socket.on("leave", (nsp: unknown, room: unknown, filter: unknown) => audience(nsp, filter)?.socketsLeave(String(room)));
    socket.on("_disconnect", (nsp: unknown, close: unknown, filter: unknown) => audience(nsp, filter)?.disconnectSockets(close === true));
  }

  #watchAll(): void {
    const watch = (nsp: Namespace): void => watchNamespace(nsp, (event, ...args) => this.#tell(event, ...args), nsp !== this.#namespace);
    for (const nsp of this.#io._nsps.values()) watch(nsp);
    this.#io.on("new_namespace", watch);
  }

  #tell(event: string, ...args: readonly unknown[]): void {
    if (!this.#isClosed) this.#namespace.emit(event, ...args);
  }

  #tick(): void {
    const { serverId, statsIntervalMs, mode } = this.#settings;
    const engine = this.#io.engine as AnyServer["engine"] | undefined;
    this.#traffic.watch(engine);
    this.#tell("server_stats", {
      serverId,
      hostname: hostname(),
      pid: process.pid,
      uptime: process.uptime(),
      clientsCount: engine?.clientsCount ?? 0,
      pollingClientsCount: this.#traffic.pollingClients,
      aggregatedEvents: this.#traffic.take(),
      namespaces: [...this.#io._nsps.values()].map(({ name, sockets }) => ({ name, socketsCount: sockets.size })),
    });
    if (mode === "development") for (const nsp of this.#io._nsps.values()) this.#data.look(nsp, (event, ...args) => this.#tell(event, ...args));
    this.#timer = this.#namespace.context.clock.setTimer(() => this.#tick(), statsIntervalMs);
  }
}

/**
 * Opens a namespace for admin.socket.io, or any client that speaks as it does.
 * @throws {SocketIOError} `socketio/invalid-option`, also without `auth`.
 */
export function instrument(io: AnyServer, options: AdminOptions): Admin {
  return new Admin(io, options);
}
