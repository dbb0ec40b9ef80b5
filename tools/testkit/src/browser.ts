/**
 * Suites with pages in Chromium: people of their own, and what went wrong in their pages.
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { hasChromium, installChromium, launchChromium } from "./chromium.js";

/** A suite that needs a browser: without one it is skipped, and fails when CI=true. */
export function describeInBrowser(name: string, suite: () => void): void {
  describe.runIf(hasChromium)(name, suite);
  test.runIf(process.env["CI"] === "true")(`${name}: Chromium is installed`, () => expect(hasChromium, installChromium).toBe(true));
}

/** Milliseconds until "it never happened". */
const PATIENCE_MS = 30_000;

/** What becomes true in a moment: asked again and again instead of waiting for a time. */
export function eventually<Value>(ask: () => Promise<Value>): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(ask, { timeout: PATIENCE_MS });
}

/** Pages of separate people, with what went wrong in them. */
export class Chromium {
  readonly #browser: Browser;
  readonly #problems: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<Chromium> {
    return new Chromium(await launchChromium());
  }

  /** A person of their own: no cookie, no storage is shared. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 820 }, reducedMotion: "reduce", locale: "en-GB", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.#problems.push(`exception: ${error.message}`));
    page.on("console", (message) => {
      // While a server is away, Chromium itself writes a line per failed request.
      if (message.type() === "error" && !message.text().includes("Failed to load resource") && !message.text().includes("net::ERR_") && !message.text().startsWith("WebSocket connection")) this.#problems.push(`console: ${message.text()}`);
    });
    await page.goto(url);
    return page;
  }

  /** Exceptions and console errors of all pages, refusals of the content security policy included. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
