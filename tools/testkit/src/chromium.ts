/**
 * The system's Chromium, driven by playwright-core. Suites that need it are skipped where there is none, and fail there when CI=true.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

export const installChromium = "apt-get update && apt-get install -y chromium";
/** Every name below `site.test` is this machine: pages can be of several origins, and of none that is called local. */
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP *.site.test 127.0.0.1"];

function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [process.env["CHROMIUM_PATH"] ?? "", ...names.flatMap((name) => folders.map((folder) => join(folder, name)))];
  return candidates.find((path) => path !== "" && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const executablePath = findChromium();

export const hasChromium: boolean = executablePath !== undefined;

export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), headless: true, args: flags });
}
