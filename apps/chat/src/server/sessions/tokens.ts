/**
 * Session tokens: who, until when, and a signature (HMAC-SHA-256) over both. The server keeps nothing.
 *
 * Room: server/sessions. Wire form: `1.<user id>.<expiry, seconds since 1970>.<signature, base64url>`.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Seconds a session lasts; renewed by every visit. */
export const SESSION_SECONDS: number = 30 * 24 * 3600;

const FORM = /^1\.([0-9a-f-]{36})\.(\d{1,12})\.([\w-]{43})$/u;

export class SessionTokens {
  readonly #secrets: readonly string[];
  readonly #nowMs: () => number;

  /** @param secrets the first signs, all are accepted. */
  constructor(secrets: readonly [string, ...string[]], nowMs: () => number = Date.now) {
    this.#secrets = secrets;
    this.#nowMs = nowMs;
  }

  issue(userId: string): string {
    const claim = `1.${userId}.${Math.floor(this.#nowMs() / 1000) + SESSION_SECONDS}`;
    return `${claim}.${sign(claim, this.#secrets[0] ?? "")}`;
  }

  /** @returns the user's id; undefined for anything that is not a valid, current token of ours. */
  verify(token: string | undefined): string | undefined {
    const [, userId, expiry, signature] = FORM.exec(token ?? "") ?? [];
    if (userId === undefined || expiry === undefined || signature === undefined) return undefined;
    const given = Buffer.from(signature);
    const claim = `1.${userId}.${expiry}`;
    const isOurs = this.#secrets.some((secret) => timingSafeEqual(Buffer.from(sign(claim, secret)), given));
    return isOurs && Number(expiry) * 1000 > this.#nowMs() ? userId : undefined;
  }
}

function sign(claim: string, secret: string): string {
  return createHmac("sha256", secret).update(claim).digest("base64url");
}
