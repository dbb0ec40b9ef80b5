/**
 * @x/wsframe: RFC 6455 framing without I/O. Re-exports only.
 *
 * Room: entry.
 */
export type { Allocate } from "./assembler.js";
export { CloseCode, closeCategory, describeCloseCode, isSendableCloseCode, shouldReconnect, type CloseCategory } from "./close-code.js";
export { encodeClosePayload, MAX_REASON_BYTES, readClosePayload, type ClosePayload } from "./close-payload.js";
export { Decoder, readPayload } from "./decoder.js";
export type { DecoderOptions, DecoderSink } from "./decoder-sink.js";
export { decoderRules, type DecoderRules, type DecoderRulesOptions } from "./decoder-rules.js";
export type { DeflateOptions, DeflatePort, InflateOptions, InflateResult } from "./deflate/port.js";
export type { PerMessageDeflateOptions } from "./deflate/options.js";
export { perMessageDeflate } from "./deflate/permessage-deflate.js";
export { frameLength, maskInPlace, maxFrameBytes, writeBinaryFrame, writeControlFrame, writeFrame, writeTextFrame } from "./encoder.js";
export type { AgreedExtension, Extension, ExtensionEntry, ExtensionFactory, ExtensionParameter, SharedPayload, Transformed } from "./extension.js";
export { acceptExtensions, agreeExtensions, checkFactories, extensionFault, offerExtensions, type AgreedExtensions } from "./extension-chain.js";
export { formatExtensions, parseExtensions } from "./extension-header.js";
export { ContinuousFrame, FrameBuffer, type ContinuousFrameOptions, type FrameBufferOptions, type FrameMessage } from "./frame-buffer.js";
export { createFrame, Frame, type FrameFields, type FrameRules } from "./frame.js";
export { finBit, reservedBits, headerBytes, MAX_CONTROL_PAYLOAD_BYTES, MAX_HEADER_BYTES, readHeader, writeHeader, type FrameHeader, type Role } from "./header.js";
export { DEFAULT_LIMITS, MAX_MESSAGE_BYTES, resolveLimits, type DecoderLimits } from "./limits.js";
export { maskKeyOf } from "./mask.js";
export { isControlOpcode, isOpcode, Opcode, opcodeName } from "./opcode.js";
export { prepareMessage, type PreparedMessage } from "./prepared-message.js";
export { neutralText, type TextPort } from "./text-port.js";
export { Utf8Validator } from "./utf8.js";
export {
  WebSocketAddressException,
  WebSocketBadStatusException,
  WebSocketConnectionClosedException,
  WebSocketException,
  WebSocketPayloadException,
  WebSocketProtocolException,
  WebSocketProxyException,
  WebSocketTimeoutException,
  wsframeCodes,
  type WsframeCode,
} from "@x/errors/wsframe";
