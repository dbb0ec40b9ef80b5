/**
 * The few answers after which trying again is pointless: the peer has understood, and said no.
 *
 * Room: errors. The whole table of close codes lives in `@x/wsframe`; this is only what the retry policy needs.
 */

/**
 * HTTP: unauthorized, forbidden, not found, gone (RFC 9110 §15.5). Close codes: normal, protocol error, unsupported, invalid data,
 * policy, too big, missing extension (RFC 6455 §7.4.1), and 44xx, which mirror 401 and 403. The two kinds of number do not overlap.
 */
const final: readonly (number | undefined)[] = [401, 403, 404, 410, 1000, 1002, 1003, 1007, 1008, 1009, 1010, 4401, 4403];

/** What a failure was answered with. */
export interface Answer {
  readonly httpStatus?: number | undefined;
  readonly closeCode?: number | undefined;
}

/** @returns `false` when HTTP status or close code says that the same call can never succeed. */
export function mayRetryAfter({ httpStatus, closeCode }: Answer): boolean {
  return !final.includes(httpStatus) && !final.includes(closeCode);
}
