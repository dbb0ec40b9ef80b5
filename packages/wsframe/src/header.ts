/**
 * Frame headers, RFC 6455 §5.2: bytes in, {@link FrameHeader} out, and back.
 *
 * Room: wsframe core. Knows nothing of payloads, messages or sockets. Sizes are bytes.
 */
import { protocolFault } from "./faults.js";
import { isControlOpcode, isOpcode, opcodeName, type Opcode } from "./opcode.js";

/** Which side of the connection we are: a server receives masked frames, a client unmasked ones (§5.1). */
export type Role = "client" | "server";

/** A frame's header as an object. */
export interface FrameHeader {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: Opcode;
  /** The four key octets, or `undefined` when the frame is not masked. */
  readonly mask: Uint8Array | undefined;
  /** Payload length in bytes. */
  readonly length: number;
  /** Length of the header itself, mask included: 2 to 14 bytes. */
  readonly headerLength: number;
}

/** Longest header: 2 bytes, 8 of extended length, 4 of mask. */
export const MAX_HEADER_BYTES = 14;
/** Largest payload of a control frame (§5.5). */
export const MAX_CONTROL_PAYLOAD_BYTES = 125;
export const finBit = 0x80;
export const reservedBits = 0x70;
const maskBit = 0x80;

/**
 * Reads one header from the beginning of `bytes`.
 *
 * @param allowedBits reserved bits that an agreed extension uses (§5.2); default none.
 * @returns `undefined` while bytes are missing; call again with more.
 * @throws {WebSocketProtocolException} `wsframe/reserved-bit`, `wsframe/reserved-opcode`, `wsframe/control-fragmented`,
 *   `wsframe/control-too-long`, `wsframe/length-not-minimal`, `wsframe/length-invalid`; close code 1002.
 */
export function readHeader(bytes: Uint8Array, allowedBits = 0): FrameHeader | undefined {
  const reader = new HeaderReader();
  const headerLength = reader.read(bytes, 0, bytes.length, reservedBits & ~allowedBits);
  if (headerLength === 0) return undefined;
  return {
    fin: reader.isFinal,
    rsv1: (reader.reserved & 0x40) !== 0,
    rsv2: (reader.reserved & 0x20) !== 0,
    rsv3: (reader.reserved & 0x10) !== 0,
    opcode: reader.opcode,
    mask: reader.isMasked ? bytes.slice(headerLength - 4, headerLength) : undefined,
    length: reader.payloadBytes,
    headerLength,
  };
}

/** Reads headers one after the other without allocating: the fields are those of the last header read. */
export class HeaderReader {
  isFinal = false;
  /** The reserved bits as they stand in the first byte. */
  reserved = 0;
  opcode: Opcode = 0;
  isMasked = false;
  /** The mask as mask.ts holds it; 0 when not masked. */
  maskKey = 0;
  payloadBytes = 0;

  /**
   * @param refusedBits the reserved bits that no extension has been negotiated for (§5.2, §9.1).
   * @returns the header's length, or 0 while bytes of it are missing. Throws as {@link readHeader} does.
   */
  read(bytes: Uint8Array, start: number, end: number, refusedBits: number): number {
    if (end - start < 2) return 0;
    const first = bytes[start] ?? 0;
    const second = bytes[start + 1] ?? 0;
    const short = second & 0x7f;
    const opcode = first & 0x0f;
    checkFirstByte(first, refusedBits);
    if (!isOpcode(opcode)) throw protocolFault("wsframe/reserved-opcode", `Cannot read frame: opcode ${opcode} is reserved`, { opcode });
    if (opcode > 2) checkControl(opcode, (first & finBit) !== 0, short);
    const lengthEnd = start + 2 + (short < 126 ? 0 : short === 126 ? 2 : 8);
    const headerEnd = lengthEnd + ((second & maskBit) >>> 5); // the mask bit, shifted, is its length: 4
    if (headerEnd > end) return 0;
    this.payloadBytes = short < 126 ? short : short === 126 ? readShortLength(bytes, start + 2) : readLongLength(bytes, start + 2);
    this.isFinal = (first & finBit) !== 0;
    this.reserved = first & reservedBits;
    this.opcode = opcode;
    this.isMasked = (second & maskBit) !== 0;
    this.maskKey = this.isMasked ? readKey(bytes, lengthEnd) : 0;
    return headerEnd - start;
  }
}

/** @returns the header's length for such a payload: 2, 4 or 10, and 4 more for a mask (§5.2, minimal form). */
export function headerBytes(payloadBytes: number, isMasked: boolean): number {
  return (payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10) + (isMasked ? 4 : 0);
}

/**
 * Writes a header in its minimal form.
 *
 * @param firstByte FIN, reserved bits and opcode as they stand on the wire.
 * @param maskKey the key as {@link maskKeyOf} gives it, or `undefined` for an unmasked frame.
 * @returns the offset after the header.
 */
export function writeHeader(target: Uint8Array, offset: number, firstByte: number, payloadBytes: number, maskKey: number | undefined): number {
  const bit = maskKey === undefined ? 0 : maskBit;
  target[offset++] = firstByte;
  if (payloadBytes < 126) {
    target[offset++] = bit | payloadBytes;
  } else if (payloadBytes < 65_536) {
    target[offset++] = bit | 126;
    target[offset++] = payloadBytes >>> 8;
    target[offset++] = payloadBytes & 0xff;
  } else {
    target[offset++] = bit | 127;
    offset = writeUint32(target, offset, Math.floor(payloadBytes / 0x1_0000_0000));
    offset = writeUint32(target, offset, payloadBytes >>> 0);
  }
  if (maskKey === undefined) return offset;
  target[offset++] = maskKey & 0xff;
  target[offset++] = (maskKey >>> 8) & 0xff;
  target[offset++] = (maskKey >>> 16) & 0xff;
  target[offset++] = maskKey >>> 24;
  return offset;
}

/** §5.1: a client's frames are masked, a server's are not. @throws {WebSocketProtocolException} `wsframe/mask-missing`, `wsframe/mask-unexpected`, 1002. */
export function checkMask(isMasked: boolean, role: Role): void {
  if (isMasked === (role === "server")) return;
  throw role === "server"
    ? protocolFault("wsframe/mask-missing", "Cannot read frame: it is not masked, a client's frame must be")
    : protocolFault("wsframe/mask-unexpected", "Cannot read frame: it is masked, a server's frame must not be");
}

/** §5.2: reserved bits belong to extensions. @throws {WebSocketProtocolException} `wsframe/reserved-bit`, 1002. */
export function checkFirstByte(first: number, refusedBits: number): void {
  if ((first & refusedBits) === 0) return;
  throw protocolFault("wsframe/reserved-bit", "Cannot read frame: a reserved bit is set, must be negotiated by an extension", {
    reserved: (first & reservedBits) >>> 4,
  });
}

/** §5.5: control frames are whole and short. @throws {WebSocketProtocolException} `wsframe/control-fragmented`, `wsframe/control-too-long`, 1002. */
export function checkControl(opcode: Opcode, isFinal: boolean, payloadBytes: number): void {
  if (!isControlOpcode(opcode)) return;
  const name = opcodeName(opcode) ?? "control";
  if (!isFinal) throw protocolFault("wsframe/control-fragmented", `Cannot read ${name} frame: it is fragmented, must be final`);
  if (payloadBytes > MAX_CONTROL_PAYLOAD_BYTES) {
    throw protocolFault("wsframe/control-too-long", `Cannot read ${name} frame: its payload must have at most ${MAX_CONTROL_PAYLOAD_BYTES} bytes`);
  }
}

function readShortLength(bytes: Uint8Array, at: number): number {
  const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (length < 126) throw nonMinimal(length);
  return length;
}

/** The highest bit must be clear (§5.2). What a number can only say roughly is over every limit. */
function readLongLength(bytes: Uint8Array, at: number): number {
  const high = readUint32(bytes, at);
  if (high > 0x7fff_ffff) throw protocolFault("wsframe/length-invalid", "Cannot read frame: the highest bit of its 64-bit length must be clear");
  const length = high * 0x1_0000_0000 + readUint32(bytes, at + 4);
  if (length < 65_536) throw nonMinimal(length);
  return length;
}

function nonMinimal(length: number): Error {
  return protocolFault("wsframe/length-not-minimal", `Cannot read frame: length ${length} must be written in its shortest form`, { length });
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

function readKey(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

function writeUint32(target: Uint8Array, offset: number, value: number): number {
  target[offset] = value >>> 24;
  target[offset + 1] = (value >>> 16) & 0xff;
  target[offset + 2] = (value >>> 8) & 0xff;
  target[offset + 3] = value & 0xff;
  return offset + 4;
}
