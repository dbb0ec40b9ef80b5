/**
 * Options of the admin view, and who may have it.
 *
 * Room: socketio node. Somebody must decide about access: there is no default for `auth`.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { hostname } from "node:os";
import type { Untyped } from "../../core/event-types.js";
import { invalidOption } from "../../core/faults.js";

/** One user; `type` is what the official package calls it. */
export interface AdminUser {
  readonly type?: "basic";
  readonly username: string;
  /** As it is, compared in constant time. For a bcrypt hash, give a function. */
  readonly password: string;
}

export interface AdminOptions {
  /** A user, several, or a function that judges what the admin's client sent (`username` and `password`, from the official UI). `false`: everybody. */
  readonly auth: false | AdminUser | readonly AdminUser[] | ((auth: Record<string, Untyped>) => boolean | Promise<boolean>);
  /** Default `/admin`. */
  readonly namespaceName?: string;
  /** Whether admins can only look. Default `false`. */
  readonly readonly?: boolean;
  /** `production`: counts only, no sockets, rooms, data and events. Default `development`. */
  readonly mode?: "development" | "production";
  /** Default: the host's name and the process's id. */
  readonly serverId?: string;
  /** How often counts are sent, and sockets' `data` is looked at for what has changed. Milliseconds, default 2000. */
  readonly statsIntervalMs?: number;
}

export type AdminSettings = Required<Omit<AdminOptions, "auth">>;

/** @throws {SocketIOError} `socketio/invalid-option`. */
export function readAdminOptions(options: AdminOptions): AdminSettings {
  const { namespaceName = "/admin", readonly = false, mode = "development", serverId = `${hostname()}#${process.pid}`, statsIntervalMs = 2000 } = options;
  if (!(statsIntervalMs > 0)) throw invalidOption("statsIntervalMs must be a positive number");
  return { namespaceName, readonly, mode, serverId, statsIntervalMs };
}

const MAX_SESSIONS = 1000;

/** Lets admins in, and those who come back with the id of a session, which spares them their password. */
export class AdminAccess {
  readonly #judge: (auth: Record<string, Untyped>) => boolean | Promise<boolean>;
  readonly #sessions = new Set<string>();
  readonly hasSessions: boolean;

  /** @throws {SocketIOError} `socketio/invalid-option` without `auth`, for no user at all, or one whose password cannot be compared. */
  constructor(auth: AdminOptions["auth"] | undefined) {
    if (auth === undefined) throw invalidOption("auth must be given, or false to let everybody in");
    this.hasSessions = auth !== false;
    this.#judge = auth === false ? () => true : typeof auth === "function" ? auth : checkUsers(isList(auth) ? auth : [auth]);
  }

  async allows(auth: Record<string, Untyped>): Promise<boolean> {
    return this.#sessions.has(String(auth["sessionId"])) || (await this.#judge(auth));
  }

  /** @returns the id of a new session; the oldest of too many ends. */
  open(): string {
    const id = randomBytes(24).toString("base64url");
    const [oldest] = this.#sessions;
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    this.#sessions.add(id);
    return id;
  }
}

/** All are compared, so that time tells of none. */
function checkUsers(users: readonly AdminUser[]): (auth: Record<string, Untyped>) => boolean {
  if (users.length === 0) throw invalidOption("auth must name a user, or be false to let everybody in");
  const checks = users.map(checkUser);
  return (auth) => checks.filter((isUser) => isUser(auth)).length > 0;
}

function checkUser(user: AdminUser): (auth: Record<string, Untyped>) => boolean {
  const { username, password } = user as Partial<Record<keyof AdminUser, unknown>>; // may come from an environment where they are not set
  if (!isText(username) || !isText(password)) throw invalidOption("auth must have a username and a password");
  if (/^\$2[aby]\$/u.test(password)) throw invalidOption("auth.password is a bcrypt hash: give a function that compares with it");
  const wanted = [digest(username), digest(password)] as const;
  return (auth) => {
    const isUser = timingSafeEqual(digest(auth["username"]), wanted[0]);
    return timingSafeEqual(digest(auth["password"]), wanted[1]) && isUser;
  };
}

function isList(auth: AdminUser | readonly AdminUser[]): auth is readonly AdminUser[] {
  return Array.isArray(auth);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Of equal length, whatever the text. */
function digest(text: unknown): Buffer {
  return createHash("sha256").update(typeof text === "string" ? text : "").digest();
}
