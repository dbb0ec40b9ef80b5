/** Pages in Chromium. */
import type { Browser, BrowserContext, Page } from "playwright-core";

/** A page with cookies and a network of its own. */
export async function openPage(browser: Browser, url: string): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  const page = await context.newPage();
  await page.goto(url);
  return { context, page };
}
