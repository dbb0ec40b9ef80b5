/**
 * Which requests are Engine.IO's.
 *
 * Room: engineio node.
 */

/** @returns whether a request target (RFC 9112 §3.2) lies under `path`: with a trailing slash all below it, else exactly it and what is below it. */
export function pathMatcher(path: string, addTrailingSlash: boolean): (target: string | undefined) => boolean {
  const bare = path.replace(/\/+$/, "");
  if (addTrailingSlash) return (target) => target?.startsWith(`${bare}/`) === true;
  return (target) => target?.startsWith(bare) === true && ["", "/", "?"].includes(target.charAt(bare.length));
}
