/**
 * Which requests are Engine.IO's.
 *
 * Room: engineio node.
 */

/** @returns whether a request target (RFC 9112 §3.2) lies under `path`: with a trailing slash all below it, else exactly it and what is below it. */
export function pathMatcher(path: string, addTrailingSlash: boolean): (target: string | undefined) => boolean {
  const bare = path.replace(/\/+$/, "");
  const prefix = addTrailingSlash ? `${bare}/` : bare;
  return (target = "") => {
    const local = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*/i, ""); // the absolute form, which servers must take (§3.2.2)
    return local.startsWith(prefix) && (addTrailingSlash || ["", "/", "?"].includes(local.charAt(bare.length)));
  };
}
