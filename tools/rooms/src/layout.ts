/**
 * The house rules as tables: which packages there are, which rooms they have, and which way imports run.
 *
 * A new package or room is a new row here, in the same commit.
 */

/** Rooms of a published package; "entry" is a file that the export map names, "flat" a file in none. */
export type Room = "core" | "adapter" | "codecs" | "shell" | "node" | "web" | "memory" | "adapters" | "presets" | "testing" | "entry" | "flat" | "outside";

/** Which rooms of its own package a room may import. */
export const roomOrder: Readonly<Record<Room, readonly Room[]>> = {
  core: ["core"],
  adapter: ["core", "adapter"],
  codecs: ["core", "codecs"],
  shell: ["core", "adapter", "codecs", "shell"],
  node: ["core", "adapter", "codecs", "shell", "node"],
  web: ["core", "codecs", "shell", "web"],
  memory: ["core", "codecs", "shell", "memory"],
  adapters: ["core", "shell", "adapters"],
  presets: ["core", "shell", "adapters", "presets"],
  testing: ["core", "adapter", "codecs", "shell", "memory", "testing"],
  entry: ["core", "adapter", "codecs", "shell", "node", "web", "memory", "adapters", "presets", "testing", "flat", "entry"],
  flat: ["flat"],
  outside: ["core", "adapter", "codecs", "shell", "node", "web", "memory", "adapters", "presets", "testing", "entry", "flat", "outside"],
};

/** Rooms that are folders under `src`. */
export const roomFolders: readonly Room[] = ["core", "adapter", "codecs", "shell", "node", "web", "memory", "adapters", "presets", "testing"];

/** Rooms that may import `node:*`. */
export const nodeRooms: readonly Room[] = ["node"];

/** Rooms that may import packages that are not ours: each file makes one format of theirs fit a port, and users import it by its own entry. */
export const libraryRooms: readonly Room[] = ["codecs"];

export interface PackageRow {
  /** Packages that every room of this one may import. */
  readonly everywhere: readonly string[];
  /** Packages that only some rooms may import. */
  readonly rooms?: Partial<Readonly<Record<Room, readonly string[]>>>;
}

/** The published packages, lowest first; a row names the only packages it may import. */
export const packageOrder: Readonly<Record<string, PackageRow>> = {
  "@x/errors": { everywhere: [] },
  "@x/wsframe": { everywhere: ["@x/errors"] },
  "@x/simple-ws": { everywhere: ["@x/errors", "@x/wsframe"] },
  "@x/engineio": { everywhere: ["@x/errors"], rooms: { node: ["@x/simple-ws"], testing: ["@x/simple-ws"] } },
  "@x/socketio": {
    everywhere: ["@x/errors"],
    rooms: { shell: ["@x/engineio"], node: ["@x/engineio"], web: ["@x/engineio"], memory: ["@x/engineio"], testing: ["@x/engineio"] },
  },
  "@x/pool": { everywhere: ["@x/errors"], rooms: { adapters: ["@x/simple-ws"], presets: ["@x/simple-ws"] } },
};

/** Private packages that tests, and tests only, may import. */
export const testPackages: readonly string[] = ["@x/testkit"];

/** Private packages that applications, and nobody else, may import: what they have in common besides the published ones. */
export const appPackages: readonly string[] = ["@x/app-base"];

/** Folders whose programs stand for users: they import published names only, and applications {@link appPackages}. */
export const userFolders: readonly string[] = ["apps/", "examples"];

/** Entries that must bundle for a platform without Node; a trailing `/*` stands for every subpath. */
export const neutralEntries: readonly string[] = ["@x/errors", "@x/errors/*", "@x/wsframe", "@x/simple-ws/client", "@x/engineio/client", "@x/engineio/resilient", "@x/engineio/transport", "@x/socketio/client", "@x/socketio/simple-client", "@x/pool", "@x/pool/resilient", "@x/pool/channels"];

/** Lowest Node release that runs `require()` of an ES module without a flag. */
export const requiredNode = ">=20.19";
