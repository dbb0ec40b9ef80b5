/** Suites and pages in Chromium. */
import { hasChromium, installChromium } from "@x/testkit/chromium";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { describe, expect, test } from "vitest";

/** A suite that needs a browser: without one it is skipped, and fails when CI=true. */
export function describeInChromium(name: string, suite: () => void): void {
  describe.runIf(hasChromium)(name, suite);
  test.runIf(process.env["CI"] === "true")(`${name}: Chromium is installed`, () => expect(hasChromium, installChromium).toBe(true));
}

/** A page with cookies and a network of its own. */
export async function openPage(browser: Browser, url: string): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  const page = await context.newPage();
  await page.goto(url);
  return { context, page };
}
