/**
 * The faults of a peer and of a caller, as errors: one place for which close code answers what.
 *
 * Room: wsframe core.
 */
import { WebSocketException, WebSocketPayloadException, WebSocketProtocolException, type WsframeCode } from "@x/errors/wsframe";
import { CloseCode } from "./close-code.js";

type Details = Readonly<Record<string, unknown>>;

/** A frame that breaks RFC 6455's rules; answered with 1002. */
export function protocolFault(code: WsframeCode, message: string, details?: Details): WebSocketProtocolException {
  return new WebSocketProtocolException(message, { code, closeCode: CloseCode.protocolError, details });
}

/** Text that is not UTF-8 (§8.1); answered with 1007. */
export function utf8Fault(what: "text message" | "close reason"): WebSocketPayloadException {
  return new WebSocketPayloadException(`Cannot decode ${what}: must be valid UTF-8`, {
    code: "wsframe/invalid-utf8",
    closeCode: CloseCode.invalidPayload,
  });
}

/** A message or frame over one of its limits; answered with 1009. */
export function sizeFault(
  code: "wsframe/message-too-big" | "wsframe/frame-too-big" | "wsframe/too-many-fragments",
  limit: number,
  actual: number,
): WebSocketPayloadException {
  const what = code === "wsframe/frame-too-big" ? "frame" : "message";
  const unit = code === "wsframe/too-many-fragments" ? "fragments" : "bytes";
  return new WebSocketPayloadException(`Cannot receive ${what}: it has ${actual} ${unit}, must have at most ${limit}`, {
    code,
    closeCode: CloseCode.messageTooBig,
    details: { limit, actual },
  });
}

/** A peer that keeps to the frame rules but floods us; answered with 1008. */
export function floodFault(code: "wsframe/too-many-control-frames" | "wsframe/paused-overflow", message: string, limit: number): WebSocketProtocolException {
  return new WebSocketProtocolException(message, { code, closeCode: CloseCode.policyViolation, details: { limit } });
}

/** The caller's fault: nothing was sent, nothing changed. */
export function argumentFault(code: "wsframe/invalid-argument" | "wsframe/invalid-option", message: string): WebSocketException {
  return new WebSocketException(message, { code });
}
