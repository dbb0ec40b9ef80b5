/**
 * The payload of a Close frame, RFC 6455 §5.5.1 and §7.4: two bytes of code, then a reason in UTF-8.
 *
 * Room: wsframe core.
 */
import { CloseCode, isSendableCloseCode } from "./close-code.js";
import { argumentFault, protocolFault, utf8Fault } from "./faults.js";
import { MAX_CONTROL_PAYLOAD_BYTES } from "./header.js";
import { neutralText, type TextPort } from "./text-port.js";

/** Longest reason, in bytes of UTF-8: a control frame's 125 less the code's 2. */
export const MAX_REASON_BYTES: number = MAX_CONTROL_PAYLOAD_BYTES - 2;

/** What a Close frame says. */
export interface ClosePayload {
  /** 1005 when the frame was empty (§7.1.5). */
  readonly code: number;
  readonly reason: string;
}

/**
 * Reads the (unmasked) payload `[start, end)`.
 *
 * @throws {WebSocketProtocolException} `wsframe/bad-close-payload` (a single byte), `wsframe/bad-close-code`; close code 1002.
 * @throws {WebSocketPayloadException} `wsframe/invalid-utf8`; close code 1007.
 */
export function readClosePayload(bytes: Uint8Array, start = 0, end: number = bytes.length, text: TextPort = neutralText): ClosePayload {
  if (start === end) return { code: CloseCode.noStatus, reason: "" };
  if (end - start === 1) throw protocolFault("wsframe/bad-close-payload", "Cannot read close frame: its payload has 1 byte, must have none or at least 2");
  const code = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
  if (!isSendableCloseCode(code)) throw protocolFault("wsframe/bad-close-code", `Cannot read close frame: code ${code} must not be sent`, { closeCode: code });
  const reason = text.decodeUtf8(bytes, start + 2, end);
  if (reason === undefined) throw utf8Fault("close reason");
  return { code, reason };
}

/**
 * Encodes what a Close frame is to say. `code` 1005 (or none) gives the empty payload.
 *
 * @returns 0 or 2 to 125 bytes, to be passed to `writeControlFrame`.
 * @throws {WebSocketException} `wsframe/invalid-argument`: the code must not be sent (§7.4.1), there is a reason without a code, or the reason has more than 123 bytes.
 */
export function encodeClosePayload(code: number = CloseCode.noStatus, reason = "", text: TextPort = neutralText): Uint8Array {
  if (code === CloseCode.noStatus) {
    if (reason !== "") throw argumentFault("wsframe/invalid-argument", "Cannot close with a reason: a reason needs a code");
    return new Uint8Array(0);
  }
  if (!isSendableCloseCode(code)) throw argumentFault("wsframe/invalid-argument", `Cannot close with code ${code}: must be 1000–1003, 1007–1014 or 3000–4999`);
  const reasonBytes = reason.length > MAX_REASON_BYTES ? Infinity : text.byteLength(reason); // a character has at least one byte
  if (reasonBytes > MAX_REASON_BYTES) throw argumentFault("wsframe/invalid-argument", `Cannot close: the reason must have at most ${MAX_REASON_BYTES} bytes of UTF-8`);
  const payload = new Uint8Array(2 + reasonBytes);
  payload[0] = code >>> 8;
  payload[1] = code & 0xff;
  text.write(reason, payload, 2);
  return payload;
}
