/**
 * A core {@link Profile} on a platform: what the connections of one server share, made once.
 *
 * Room: simple-ws shell.
 */
import type { Role } from "@x/wsframe";
import type { ConnectionSettings } from "../core/options.js";
import { createProfile, type Profile } from "../core/profile.js";
import type { Runtime } from "./ports.js";

export interface ConnectionProfile extends Profile {
  readonly runtime: Runtime;
}

/** Settings are parsed once per options object, so they tell which connections belong together. */
const known = new WeakMap<ConnectionSettings, ConnectionProfile>();

export function profileOf(role: Role, settings: ConnectionSettings, runtime: Runtime): ConnectionProfile {
  const before = known.get(settings);
  if (before?.role === role && before.runtime === runtime) return before;
  const profile: ConnectionProfile = { ...createProfile(role, settings, runtime.codec), runtime };
  known.set(settings, profile);
  return profile;
}
