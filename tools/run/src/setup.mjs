/**
 * From a bare clone to an installed workspace: the right Node, the pinned pnpm, the lockfile's dependencies.
 *
 * A stamp in node_modules remembers what was installed, so that a second run costs a few file reads.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Advice } from "./console.mjs";
import { run } from "./processes.mjs";
import { requireNode } from "./node-version.mjs";

/**
 * @typedef {object} Setup
 * @property {string} root
 * @property {NodeJS.ProcessEnv} env the environment for everything that follows: pnpm is on its PATH
 */

/**
 * @typedef {object} Stamp
 * @property {string} hash what the installed dependencies were made from
 * @property {string} pnpmFolder where the pinned pnpm's program lies
 */

/**
 * @param {string} root
 * @param {{ detail(text: string): void }} report
 * @returns {Promise<Setup>}
 * @throws {Advice} when Node is too old, pnpm cannot be fetched, or the installation fails
 */
export async function setUp(root, report) {
  /** @type {{ packageManager: string, engines: { node: string } }} */
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  requireNode(process.versions.node, manifest.engines.node);
  const hash = installationHash(root, readLockfile(root));
  const stamp = readStamp(root);
  if (stamp?.hash === hash && hasPnpm(stamp.pnpmFolder)) {
    report.detail("dependencies are as the lockfile wants them");
    return { root, env: withPath(stamp.pnpmFolder) };
  }
  report.detail(`fetching ${manifest.packageManager}`);
  const pnpmFolder = await fetchPnpm(root, manifest.packageManager);
  const env = withPath(pnpmFolder);
  report.detail("installing dependencies with the frozen lockfile");
  await install(root, pnpmFolder, env);
  writeFileSync(stampFile(root), `${JSON.stringify({ hash, pnpmFolder })}\n`);
  return { root, env };
}

/**
 * The folders of all workspace packages, as pnpm-lock.yaml lists them under `importers:`.
 * @param {string} lockfile
 * @returns {string[]}
 */
export function lockedFolders(lockfile) {
  const [, importers = ""] = /^importers:\n((?:\n| .*\n)*)/m.exec(lockfile) ?? [];
  return [...importers.matchAll(/^ {2}(\S.*):/gm)].map(([, folder = ""]) => folder.replace(/^'|'$/g, ""));
}

/**
 * Everything that the installed tree depends on: the lockfile, every manifest, Node and the platform.
 * @param {string} root
 * @param {string} lockfile
 * @returns {string}
 */
export function installationHash(root, lockfile) {
  const hash = createHash("sha256").update([process.version, process.platform, process.arch, lockfile].join("\n"));
  for (const file of ["pnpm-workspace.yaml", ...lockedFolders(lockfile).map((folder) => join(folder, "package.json"))]) {
    const path = join(root, file);
    hash.update(existsSync(path) ? readFileSync(path) : "missing");
  }
  return hash.digest("hex");
}

/** @param {string} root */
function readLockfile(root) {
  const path = join(root, "pnpm-lock.yaml");
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new Advice("pnpm-lock.yaml is missing", "restore it with `git checkout pnpm-lock.yaml`");
}

/** @param {string} root */
function stampFile(root) {
  return join(root, "node_modules/.setup.json");
}

/**
 * @param {string} root
 * @returns {Stamp | undefined}
 */
function readStamp(root) {
  try {
    return JSON.parse(readFileSync(stampFile(root), "utf8"));
  } catch {
    return undefined; // never installed, or by hand: install again
  }
}

/** @param {string} folder */
function hasPnpm(folder) {
  return ["pnpm", "pnpm.cmd", "pnpm.exe"].some((name) => existsSync(join(folder, name)));
}

/** @param {string} folder */
function withPath(folder) {
  return { ...process.env, PATH: [folder, process.env["PATH"] ?? ""].join(delimiter) };
}

/**
 * npm keeps what `npm exec` fetches in its cache; we only ask where.
 * @param {string} root
 * @param {string} packageManager "pnpm@10.0.0"; a "+sha512…" behind it is for Corepack
 * @returns {Promise<string>} the folder of its program
 */
async function fetchPnpm(root, packageManager) {
  const [spec = packageManager] = packageManager.split("+");
  const script = "node -e \"console.log('PATH=' + process.env.PATH)\"";
  const { code, output } = await npm(["exec", "--yes", "--loglevel=error", `--package=${spec}`, `--call=${script}`], root);
  const path = /^PATH=(.*)$/m.exec(output)?.[1] ?? "";
  const folder = path.split(delimiter).find(hasPnpm);
  if (code === 0 && folder !== undefined) return folder;
  throw new Advice(`npm could not fetch ${spec}\n${output}`, "check the network and npm's registry settings (`npm ping`), then run the same command again");
}

/**
 * npm names its own script in npm_execpath; run by hand, it is found on PATH.
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const script = process.env["npm_execpath"];
  const isNpm = script !== undefined && /npm-cli\.js$/.test(script);
  return isNpm ? run(process.execPath, [script, ...args], { cwd, isQuiet: true }) : run("npm", args, { cwd, isQuiet: true });
}

/**
 * @param {string} root
 * @param {string} pnpmFolder
 * @param {NodeJS.ProcessEnv} env
 */
async function install(root, pnpmFolder, env) {
  const { code } = await run(join(pnpmFolder, "pnpm"), ["install", "--frozen-lockfile", "--prefer-offline", "--config.confirmModulesPurge=false"], { cwd: root, env });
  if (code === 0) return;
  throw new Advice(`pnpm install ended with code ${code}`, "read the lines above; when package.json was edited, run `pnpm install` and commit pnpm-lock.yaml");
}
