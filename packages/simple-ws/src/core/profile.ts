/**
 * What is the same for all connections of one server, or of one client's options: one record, so that a connection is lean.
 *
 * Room: simple-ws core.
 */
import { decoderRules, type DecoderRules, type Role, type TextPort } from "@x/wsframe";
import type { ConnectionSettings } from "./options.js";

/** What all connections of one process or one memory pair share. */
export interface Codec {
  readonly text: TextPort;
  /** Uniform in [0, 1), unpredictable where masks protect intermediaries (RFC 6455 §10.3). */
  readonly random: () => number;
  /** Makes the memory of binary messages; it need not be zeroed. */
  readonly allocate: (bytes: number) => Uint8Array;
}

export interface Profile {
  readonly role: Role;
  readonly settings: ConnectionSettings;
  readonly codec: Codec;
  readonly rules: DecoderRules;
}

export function createProfile(role: Role, settings: ConnectionSettings, codec: Codec): Profile {
  return { role, settings, codec, rules: decoderRules({ role, limits: settings.limits, text: codec.text, allocate: codec.allocate }) };
}
