/**
 * One frame as an object, the ABNF of RFC 6455 §5.2: to build, inspect, check and format frames one at a time.
 *
 * Room: wsframe core. For tools and tests; connections use the decoder and the encoder, which make no objects.
 */
import { readClosePayload } from "./close-payload.js";
import { argumentFault, protocolFault, utf8Fault } from "./faults.js";
import { checkControl, checkFirstByte, checkMask, finBit, headerBytes, readHeader, reservedBits, writeHeader, type Role } from "./header.js";
import { maskBytes, maskKeyOf } from "./mask.js";
import { Opcode, isOpcode, opcodeName } from "./opcode.js";
import { neutralText } from "./text-port.js";

/** What a frame is made of; all but the opcode may be left out. */
export interface FrameFields {
  /** Whether this is the last frame of its message. Default `true`. */
  readonly fin?: boolean;
  /** Default `false`, as `rsv2` and `rsv3`. */
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  /** Any number, so that faulty frames can be built; see {@link Frame.validate}. */
  readonly opcode: number;
  /** Four key octets, or `undefined` (the default) for an unmasked frame. */
  readonly mask?: Uint8Array | undefined;
  /** Unmasked. Text is encoded as UTF-8. Default empty. */
  readonly payload?: Uint8Array | string;
}

/** How {@link Frame.validate} looks at a frame. */
export interface FrameRules {
  /** The receiving side, which decides whether there must be a mask (§5.1). Without it masks are not looked at. */
  readonly role?: Role;
  /** Leave text payloads unchecked. Close reasons are checked all the same. Default `false`. */
  readonly skipUtf8Validation?: boolean;
}

/** An immutable frame. The constructor checks nothing but the key's length: faulty frames are of use in tests. */
export class Frame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly mask: Uint8Array | undefined;
  readonly payload: Uint8Array;

  /** @throws {WebSocketException} `wsframe/invalid-argument`: the mask has not 4 bytes. */
  constructor(fields: FrameFields) {
    const { fin = true, rsv1 = false, rsv2 = false, rsv3 = false, opcode, mask, payload = "" } = fields;
    if (mask !== undefined && mask.length !== 4) throw argumentFault("wsframe/invalid-argument", `Cannot build frame: the mask has ${mask.length} bytes, must have 4`);
    this.fin = fin;
    this.rsv1 = rsv1;
    this.rsv2 = rsv2;
    this.rsv3 = rsv3;
    this.opcode = opcode;
    this.mask = mask;
    this.payload = typeof payload === "string" ? encodeText(payload) : payload;
  }

  /** XORs a copy of the data with the four key octets; doing it twice gives the data back (§5.3). */
  static mask(key: Uint8Array, data: Uint8Array): Uint8Array {
    const masked = Uint8Array.from(data);
    maskBytes(masked, 0, masked.length, maskKeyOf(key));
    return masked;
  }

  /**
   * Reads one frame from the beginning of `bytes`, its payload unmasked and copied.
   *
   * @param allowedBits reserved bits that an agreed extension uses; default none.
   * @returns the frame and its length on the wire, or `undefined` while bytes of it are missing.
   * @throws {WebSocketProtocolException} as `readHeader` does.
   */
  static read(bytes: Uint8Array, allowedBits = 0): { readonly frame: Frame; readonly byteLength: number } | undefined {
    const header = readHeader(bytes, allowedBits);
    if (header === undefined) return undefined;
    const byteLength = header.headerLength + header.length;
    if (bytes.length < byteLength) return undefined;
    const payload = Uint8Array.from(bytes.subarray(header.headerLength, byteLength));
    if (header.mask !== undefined) maskBytes(payload, 0, payload.length, maskKeyOf(header.mask));
    return { frame: new Frame({ ...header, payload }), byteLength };
  }

  /**
   * Checks the frame as a receiver without extensions would, as far as one frame can be judged alone: the text of a fragment
   * may end in the middle of a character, so only final text frames are checked.
   *
   * @throws {WebSocketProtocolException} reserved bits or opcode, a mask on the wrong side, a fragmented or long control
   *   frame, a bad close payload or code; close code 1002.
   * @throws {WebSocketPayloadException} `wsframe/invalid-utf8` in a text payload or close reason; close code 1007.
   */
  validate(rules: FrameRules = {}): void {
    checkFirstByte(this.#firstByte(), reservedBits);
    if (!isOpcode(this.opcode)) throw protocolFault("wsframe/reserved-opcode", `Cannot use frame: opcode ${this.opcode} is reserved`, { opcode: this.opcode });
    checkControl(this.opcode, this.fin, this.payload.length);
    if (rules.role !== undefined) checkMask(this.mask !== undefined, rules.role);
    if (this.opcode === Opcode.close) readClosePayload(this.payload);
    const isWholeText = this.opcode === Opcode.text && this.fin && rules.skipUtf8Validation !== true;
    if (isWholeText && neutralText.decodeUtf8(this.payload, 0, this.payload.length) === undefined) throw utf8Fault("text message");
  }

  /** @returns the frame's bytes; the length takes its minimal form, everything else is written as it is. */
  format(): Uint8Array {
    const maskKey = this.mask === undefined ? undefined : maskKeyOf(this.mask);
    const bytes = new Uint8Array(headerBytes(this.payload.length, maskKey !== undefined) + this.payload.length);
    const start = writeHeader(bytes, 0, this.#firstByte(), this.payload.length, maskKey);
    bytes.set(this.payload, start);
    if (maskKey !== undefined) maskBytes(bytes, start, bytes.length, maskKey);
    return bytes;
  }

  /** One line for logs, without the payload's content. */
  toString(): string {
    const name = opcodeName(this.opcode) ?? `opcode ${this.opcode}`;
    const flags = [this.fin && "fin", this.rsv1 && "rsv1", this.rsv2 && "rsv2", this.rsv3 && "rsv3", this.mask && "masked"].filter(Boolean);
    return `${name} (${[...flags, `${this.payload.length} bytes`].join(", ")})`;
  }

  #firstByte(): number {
    return (this.fin ? finBit : 0) | (this.rsv1 ? 0x40 : 0) | (this.rsv2 ? 0x20 : 0) | (this.rsv3 ? 0x10 : 0) | (this.opcode & 0x0f);
  }
}

/**
 * Builds the frame of a whole message or control frame.
 *
 * @param mask four unpredictable octets for a client's frame.
 * @throws {WebSocketProtocolException | WebSocketPayloadException} as {@link Frame.validate} does: only good frames leave here.
 */
export function createFrame(data: string | Uint8Array, opcode: Opcode = typeof data === "string" ? Opcode.text : Opcode.binary, mask?: Uint8Array): Frame {
  const frame = new Frame({ opcode, payload: data, mask });
  frame.validate();
  return frame;
}

function encodeText(text: string): Uint8Array {
  const bytes = new Uint8Array(neutralText.byteLength(text));
  neutralText.write(text, bytes, 0);
  return bytes;
}
