/**
 * The system's Chromium, driven by playwright-core; and what to do where there is none.
 */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";
import { describe, expect, test } from "vitest";

const INSTALL = "apt-get update && apt-get install -y chromium";
/** Every name below `site.test` is this machine: pages can be of several origins, and of none that is called local. */
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP *.site.test 127.0.0.1"];

function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = (process.env["PATH"] ?? "").split(":");
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

/** A suite that needs a browser: without one it is skipped, and fails when CI=true. */
export function describeInChromium(name: string, suite: () => void): void {
  if (executablePath !== undefined) describe(name, suite);
  else if (process.env["CI"] === "true") test(`${name}: needs Chromium`, () => expect.fail(`Chromium is missing: ${INSTALL}`));
  else describe.skip(`${name} (needs Chromium: ${INSTALL})`, suite);
}

export async function launch(): Promise<Browser> {
  return await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), headless: true, args: flags });
}

/** A page with cookies and a network of its own. */
export async function openPage(browser: Browser, url: string): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  const page = await context.newPage();
  await page.goto(url);
  return { context, page };
}
