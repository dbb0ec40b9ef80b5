/**
 * Frames on their way out: written where the output says, masked if we are a client.
 *
 * Room: simple-ws core. Functions of a {@link Profile} rather than an object per connection.
 */
import type { Opcode} from "@x/wsframe";
import { finBit, frameLength, maxFrameBytes, writeBinaryFrame, writeControlFrame, writeFrame, writeTextFrame } from "@x/wsframe";
import type { Profile } from "./profile.js";

/** Where frames go, in order. Memory is the output's: a frame is written where {@link reserve} says. */
export interface ByteOutput {
  /** The memory that the last {@link reserve} spoke of. */
  readonly target: Uint8Array;
  /** @returns the offset in {@link target} from which `bytes` bytes may be written. */
  reserve(bytes: number): number;
  /** What was written since {@link reserve} ends at this offset of {@link target}. */
  commit(end: number): void;
  /** Bytes that nobody changes any more. */
  append(bytes: Uint8Array): void;
  /** So many bytes more (or fewer) wait to be written here, of which the output has not seen any yet. */
  hold(bytes: number): void;
  /** Writes what is queued, then FIN. */
  end(): void;
  /** Drops what is queued and the link. */
  destroy(): void;
  /** More waits than the peer takes: what may be left out should be. */
  readonly isCongested: boolean;
}

const MAX_CONTROL_FRAME_BYTES = 131;
/** Texts up to this length reserve three bytes per unit; longer ones are measured first. */
const SHORT_TEXT = 8_192;

export function writeText(output: ByteOutput, profile: Profile, text: string): void {
  const { text: port } = profile.codec;
  const bytes = text.length <= SHORT_TEXT ? maxFrameBytes(text) : frameLength(port.byteLength(text), profile.role === "client");
  const offset = output.reserve(bytes);
  output.commit(writeTextFrame(output.target, offset, text, port, maskKey(profile)));
}

export function writeBinary(output: ByteOutput, profile: Profile, data: Uint8Array): void {
  const offset = output.reserve(frameLength(data.length, profile.role === "client"));
  output.commit(writeBinaryFrame(output.target, offset, data, maskKey(profile)));
}

/** A data frame of any kind: a fragment, or a message that an extension transformed. */
export function writeData(output: ByteOutput, profile: Profile, payload: Uint8Array, opcode: Opcode, isFinal: boolean, reserved: number): void {
  const offset = output.reserve(frameLength(payload.length, profile.role === "client"));
  output.commit(writeFrame(output.target, offset, (isFinal ? finBit : 0) | reserved | opcode, payload, maskKey(profile)));
}

export function writeControl(output: ByteOutput, profile: Profile, opcode: Opcode, payload: Uint8Array): void {
  const offset = output.reserve(MAX_CONTROL_FRAME_BYTES);
  output.commit(writeControlFrame(output.target, offset, opcode, payload, maskKey(profile)));
}

/** Whole unmasked frames of payloads that many connections send: made once. */
const sharedFrames = new WeakMap<Uint8Array, Uint8Array>();

/** {@link writeData} for a server whose `payload` is the same object for many connections. */
export function writeShared(output: ByteOutput, payload: Uint8Array, opcode: Opcode, reserved: number): void {
  let frame = sharedFrames.get(payload);
  if (frame === undefined) {
    frame = new Uint8Array(frameLength(payload.length, false));
    writeFrame(frame, 0, finBit | reserved | opcode, payload);
    sharedFrames.set(payload, frame);
  }
  output.append(frame);
}

/** §5.3: a fresh key per frame, of clients only. */
function maskKey({ role, codec }: Profile): number | undefined {
  return role === "client" ? (codec.random() * 4_294_967_296) | 0 : undefined;
}
