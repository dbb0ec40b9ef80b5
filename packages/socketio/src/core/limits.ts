/**
 * What one Socket.IO packet may ask of its receiver, Socket.IO protocol v5 ("Packet encoding").
 *
 * Room: socketio core. Every limit of the codec is named here; connections have theirs in their own options.
 */
export interface PacketLimits {
  /** Most binary attachments of one packet, either way: a peer may not announce more, and `emit` refuses to send more. Count; default 10. */
  readonly maxAttachments: number;
  /** Most bytes held for one packet while its attachments arrive. Bytes; default 10 000 000. */
  readonly maxAttachmentBytes: number;
  /** Most digits of an acknowledgement id, so that it stays a safe integer. Digits, at most 15; default 15. */
  readonly maxAckIdDigits: number;
  /** Deepest nesting of arrays and objects in a payload. Levels; default 512, so that ordinary messages are too short to be searched for them. */
  readonly maxNestingDepth: number;
  /** Longest namespace name, its leading slash included. Characters; default 256. */
  readonly maxNamespaceLength: number;
}

export const DEFAULT_PACKET_LIMITS: PacketLimits = {
  maxAttachments: 10,
  maxAttachmentBytes: 10_000_000,
  maxAckIdDigits: 15,
  maxNestingDepth: 512,
  maxNamespaceLength: 256,
};
