/**
 * What `close` may be called with (RFC 6455 §7.4, §5.5). Room: pool shell.
 */
import { JetSocketError } from "@x/errors/pool";

/** Control frames have at most 125 bytes, two of them for the code (§5.5). */
const MAX_REASON_BYTES = 123;

/** @throws {JetSocketError} `pool/invalid-option`. */
export function checkClose(code: number, reason: string): void {
  const isSendable = Number.isInteger(code) && ((code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999));
  if (!isSendable) throw invalid(`code is ${code}, must be 1000–1003, 1007–1014 or 3000–4999`);
  if (new TextEncoder().encode(reason).length > MAX_REASON_BYTES) throw invalid(`reason must have at most ${MAX_REASON_BYTES} bytes of UTF-8`);
}

function invalid(what: string): JetSocketError {
  return new JetSocketError(`Cannot close: ${what}`, { code: "pool/invalid-option" });
}
