/**
 * Sessions: the cookie on one side, the user on the other.
 *
 * Room: server/sessions. Used by the HTTP routes (sign in, sign out, who am I) and by the realtime handshake.
 */
import { parse, serialize } from "hono/utils/cookie";
import type { User } from "../../shared/contract.js";
import type { Users } from "../storage/users.js";
import { SESSION_SECONDS, type SessionTokens } from "./tokens.js";

export class Sessions {
  readonly #tokens: SessionTokens;
  readonly #users: Users;
  readonly #isSecure: boolean;

  /** @param isSecure the site is served over https: the cookie is never sent over plain http, and bound to the host. */
  constructor(tokens: SessionTokens, users: Users, isSecure: boolean) {
    this.#tokens = tokens;
    this.#users = users;
    this.#isSecure = isSecure;
  }

  get #cookieName(): string {
    return this.#isSecure ? "__Host-chat-session" : "chat-session";
  }

  /** The signed-in user of a request's Cookie header; counts as a visit. */
  async user(cookieHeader: string | undefined): Promise<User | undefined> {
    if (cookieHeader === undefined || cookieHeader.length > 8192) return undefined;
    const id = this.#tokens.verify(parse(cookieHeader, this.#cookieName)[this.#cookieName]);
    return id === undefined ? undefined : this.#users.visit(id);
  }

  /** A Set-Cookie value that starts or renews the session. */
  cookieFor(user: User): string {
    return this.#cookie(this.#tokens.issue(user.id), SESSION_SECONDS);
  }

  /** A Set-Cookie value that ends it. */
  endingCookie(): string {
    return this.#cookie("", 0);
  }

  #cookie(value: string, maxAge: number): string {
    return serialize(this.#cookieName, value, { path: "/", httpOnly: true, sameSite: "Lax", secure: this.#isSecure, maxAge });
  }
}
