/**
 * What suites need from the system beside Node: found on PATH, installed where that is possible, or named as missing.
 *
 * A new need is a new row in {@link needs}.
 */
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { run } from "./processes.mjs";

/**
 * @typedef {object} Need
 * @property {string} name
 * @property {readonly string[]} binaries any one of them will do
 * @property {readonly string[]} [folders] where to look beside PATH; one `*` stands for any folder
 * @property {readonly string[]} debianPackages what `apt-get install` takes
 * @property {string} suite what cannot run without it, in words
 * @property {string} [task] the turbo task to leave out without it; a suite without a task of its own skips, or with CI=true fails, by itself
 * @property {string} variable environment variable that names the binary, or a running service in its stead
 * @property {"path" | "address"} holds what the variable holds; a path is also handed on to the tasks
 */

/** @type {readonly Need[]} */
export const needs = [
  {
    name: "chromium",
    binaries: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
    debianPackages: ["chromium", "fonts-liberation", "fonts-dejavu-core"],
    suite: "browser tests",
    task: "test:e2e",
    variable: "CHROMIUM_PATH",
    holds: "path",
  },
  {
    name: "postgresql",
    binaries: ["postgres"],
    folders: ["/usr/lib/postgresql/*/bin"],
    debianPackages: ["postgresql"],
    suite: "the chat's storage on PostgreSQL",
    variable: "TEST_DATABASE_URL",
    holds: "address",
  },
  {
    name: "redis",
    binaries: ["redis-server"],
    debianPackages: ["redis-server"],
    suite: "the official Redis adapter under our server",
    variable: "REDIS_SERVER_PATH",
    holds: "path",
  },
  ...pythonLibraries("websocket", "websockets", "wsproto", "engineio", "socketio", "aiohttp", "requests", "msgpack"),
];

/**
 * @param {readonly string[]} names of packages for Debian's Python, which are also those of their folders
 * @returns {Need[]}
 */
function pythonLibraries(...names) {
  return names.map((name) => ({
    name: `python3-${name}`,
    binaries: [name], // a folder, which may be entered as a program may be executed
    folders: ["/usr/lib/python3/dist-packages"],
    debianPackages: ["python3", `python3-${name}`],
    suite: `interop with Python's ${name}`,
    variable: `PYTHON3_${name.toUpperCase()}`,
    holds: "path",
  }));
}

/**
 * @typedef {object} Found
 * @property {Need} need
 * @property {string | undefined} path the binary, or the address of a service in its stead
 */

/**
 * @typedef {object} Host
 * @property {NodeJS.ProcessEnv} env
 * @property {(path: string) => boolean} isExecutable
 * @property {(folder: string) => readonly string[]} list names in a folder; none when it does not exist
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
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
    canInstall: process.platform === "linux" && process.getuid?.() === 0 && existsSync("/etc/debian_version"),
  };
}

/**
 * @param {Need} need
 * @param {Host} host
 * @returns {Found}
 */
export function find(need, host) {
  const named = host.env[need.variable] ?? "";
  if (named !== "") return { need, path: need.holds === "address" || host.isExecutable(named) ? named : undefined };
  const onPath = (host.env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const folders = [...onPath, ...(need.folders ?? []).flatMap((pattern) => expand(pattern, host))];
  return { need, path: need.binaries.flatMap((binary) => folders.map((folder) => join(folder, binary))).find(host.isExecutable) };
}

/**
 * @param {string} pattern a folder, with at most one `*` in place of a name
 * @param {Host} host
 */
function expand(pattern, host) {
  const [before = "", after] = pattern.split("*");
  return after === undefined ? [pattern] : host.list(resolve(before)).map((name) => join(before, name, after));
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
  for (const { need, path } of found) if (path !== undefined) report.detail(`${need.name}: ${need.holds === "address" && path === host.env[need.variable] ? `given by ${need.variable}` : path}`);
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
