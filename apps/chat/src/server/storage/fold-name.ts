/**
 * When are two names the same? When they look the same: case, width and composition do not count (Unicode NFKC).
 *
 * Room: server/storage.
 */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}
