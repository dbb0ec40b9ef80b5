/** Node's version against the workspace's `engines.node`. */
import { Advice } from "./console.mjs";

/**
 * @param {string} version "20.19.1", with or without a leading v
 * @param {string} range ">=20.19"; the only form that this workspace uses
 * @returns {boolean}
 */
export function satisfies(version, range) {
  const have = numbers(version);
  const want = numbers(range.replace(/^>=\s*/, ""));
  for (const [index, wanted] of want.entries()) {
    const found = have[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}

/**
 * @param {string} version
 * @param {string} range
 * @throws {Advice} when this Node is too old
 */
export function requireNode(version, range) {
  if (satisfies(version, range)) return;
  throw new Advice(`Node ${version} is too old: this workspace needs ${range}`, "install a current Node (https://nodejs.org), then run the same command again");
}

/** @param {string} version */
function numbers(version) {
  return version.replace(/^v/, "").split("-", 1).join("").split(".").map(Number);
}
