/**
 * What suites need from the system beside Node: found on PATH, installed where that is possible, or named as missing.
 *
 * A new need is a new row in {@link needs}.
 */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { run } from "./processes.mjs";

/**
 * @typedef {object} Need
 * @property {string} name
 * @property {readonly string[]} binaries any one of them will do
 * @property {readonly string[]} debianPackages what `apt-get install` takes
 * @property {readonly string[]} tasks turbo tasks that cannot run without it
 * @property {string} variable environment variable that may name the binary, and that hands it to the tasks
 */

/** @type {readonly Need[]} */
export const needs = [
  {
    name: "chromium",
    binaries: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
    debianPackages: ["chromium", "fonts-liberation", "fonts-dejavu-core"],
    tasks: ["test:e2e"],
    variable: "CHROMIUM_PATH",
  },
];

/**
 * @typedef {object} Found
 * @property {Need} need
 * @property {string | undefined} path the binary, where there is one
 */

/**
 * @typedef {object} Host
 * @property {NodeJS.ProcessEnv} env
 * @property {(path: string) => boolean} isExecutable
 * @property {boolean} canInstall root on Debian
 */

/** @returns {Host} this machine */
export function thisHost() {
  return {
    env: process.env,
    isExecutable(path) {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    canInstall: process.platform === "linux" && process.getuid?.() === 0 && existsSync("/etc/debian_version"),
  };
}

/**
 * @param {Need} need
 * @param {Host} host
 * @returns {Found}
 */
export function find(need, host) {
  const named = host.env[need.variable];
  const folders = (host.env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const candidates = named === undefined || named === "" ? need.binaries.flatMap((binary) => folders.map((folder) => join(folder, binary))) : [named];
  return { need, path: candidates.find(host.isExecutable) };
}

/**
 * @param {readonly Need[]} missing
 * @returns {string} the command that installs them on Debian and its kin
 */
export function installCommand(missing) {
  return `apt-get install -y ${missing.flatMap(({ debianPackages }) => debianPackages).join(" ")}`;
}

/**
 * Finds every need, installing with apt-get what is missing where we may.
 * @param {readonly Need[]} wanted
 * @param {Host} host
 * @param {{ detail(text: string): void }} report
 * @returns {Promise<Found[]>}
 */
export async function provide(wanted, host, report) {
  const found = wanted.map((need) => find(need, host));
  const missing = found.flatMap(({ need, path }) => (path === undefined ? [need] : []));
  for (const { need, path } of found) if (path !== undefined) report.detail(`${need.name}: ${path}`);
  if (missing.length === 0) return found;
  if (!host.canInstall) {
    for (const need of missing) report.detail(`${need.name}: missing; ${installCommand([need])}`);
    return found;
  }
  report.detail(`installing ${missing.map(({ name }) => name).join(", ")} with apt-get (once; this takes a minute)`);
  await aptInstall(missing, host, report);
  return found.map((entry) => (entry.path === undefined ? find(entry.need, host) : entry));
}

/**
 * @param {readonly Need[]} missing
 * @param {Host} host
 * @param {{ detail(text: string): void }} report
 */
async function aptInstall(missing, host, report) {
  const env = { ...host.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
  const packages = missing.flatMap(({ debianPackages }) => debianPackages);
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const { code, output } = await run("apt-get", [...options, ...args], { env, isQuiet: true });
    if (code === 0) continue;
    report.detail(`apt-get ${args[0] ?? ""} failed with code ${code}:\n${output.split("\n").slice(-10).join("\n")}`);
    return;
  }
}
