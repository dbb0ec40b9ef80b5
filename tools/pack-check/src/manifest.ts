/** What a packed package.json must still say, and what it must no longer say. */
export interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  /** Programs, by the name that users type. */
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Names that importers write: "@x/errors", "@x/errors/retry"; package.json itself is data, and whole scripts for pages go by file name: both are left out. */
export function entryNames({ name, exports }: PackedManifest): string[] {
  return Object.keys(exports).filter((subpath) => subpath !== "./package.json" && !subpath.endsWith("/*")).map((subpath) => name + subpath.slice(1));
}

/** Peers that a user installs only for some entries. */
export function optionalPeers({ peerDependencies = {}, peerDependenciesMeta = {} }: PackedManifest): string[] {
  return Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional === true);
}

/** Entries that work where no optional peer is installed. @param reached the packages that an export's target leads to. */
export function entriesWithoutPeers(manifest: PackedManifest, reached: (target: unknown) => ReadonlySet<string>): string[] {
  const peers = optionalPeers(manifest);
  return entryNames(manifest).filter((entry) => {
    const packages = reached(manifest.exports[`.${entry.slice(manifest.name.length)}`]);
    return !peers.some((peer) => packages.has(peer));
  });
}

/** Ranges that only this workspace understands. */
export function unresolvedRanges({ dependencies, peerDependencies }: PackedManifest): string[] {
  return Object.entries({ ...dependencies, ...peerDependencies }).filter(([, range]) => /^(?:workspace|catalog|file|link):/.test(range)).map(([name, range]) => `${name}: ${range}`);
}
