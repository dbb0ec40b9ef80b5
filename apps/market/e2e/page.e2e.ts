/** The page in Chromium: quotes, charts, faults, texts; both themes, two widths, and assistive technology. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults } from "@x/testkit/accessibility";
import { Chromium, describeInBrowser, eventually } from "@x/testkit/browser";
import { MarketProcess } from "./market-process.js";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** @returns a number of the panel. */
async function count(page: Page, name: string): Promise<number> {
  const text = await page.locator(".counts div", { hasText: name }).locator("dd").innerText();
  return Number(text.replaceAll(/\D/gu, ""));
}

function picture(name: string): string {
  return `reports/screenshots/${name}.png`;
}

describeInBrowser("the page", () => {
  const market = new MarketProcess();
  let browser: Chromium;
  let page: Page;

  beforeAll(async () => {
    [browser] = await Promise.all([Chromium.launch(), market.start()]);
    page = await browser.open(market.url, { colorScheme: "light", viewport: { width: 1600, height: 1000 } });
  });
  afterAll(async () => {
    await browser.close();
    await market.stop("SIGKILL");
  });

  async function exchangeIs(state: string): Promise<void> {
    await eventually(async () => page.getByRole("status").innerText()).toBe(`Exchange ${state}`);
  }

  async function throwSwitch(name: string): Promise<void> {
    const control = page.getByRole("switch", { name });
    const before = await control.getAttribute("aria-checked");
    await control.click();
    await eventually(async () => control.getAttribute("aria-checked")).not.toBe(before);
  }

  test("shows prices as they change, with a chart that is drawn", async () => {
    await exchangeIs("connected");
    const card = page.getByRole("article", { name: "Amber Optics" });
    const price = card.locator(".card-price strong");
    const first = await price.innerText();
    await eventually(async () => price.innerText()).not.toBe(first);
    const colors = await card.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return new Set(Array.from({ length: pixels.length / 4 }, (_, index) => `${pixels[index * 4] ?? 0},${pixels[index * 4 + 1] ?? 0},${pixels[index * 4 + 2] ?? 0}`)).size;
    });
    expect(colors).toBeGreaterThan(10);
    await expect(card.getByRole("img").getAttribute("aria-label")).resolves.toMatch(/^Amber Optics: [\d.]+ now, between [\d.]+ and [\d.]+ on this chart$/u);
  });

  test("the watch-list puts charts on the page and takes them off, and a reload keeps the choice", async () => {
    const row = page.getByRole("button", { name: /^DUNE/u });
    await row.click();
    await page.getByRole("article", { name: "Dune Solar" }).locator("canvas").waitFor();
    await page.getByRole("button", { name: "Remove the chart of Kelp & Tide" }).click();
    await page.reload();
    await page.getByRole("article", { name: "Dune Solar" }).locator("canvas").waitFor();
    expect(await page.getByRole("article", { name: "Kelp & Tide" }).count()).toBe(0);
    await row.click();
    await page.getByRole("button", { name: /^KELP/u }).click();
    await exchangeIs("connected");
  });

  test("dropped, refused, silent: the picture tells, and it comes back by itself", async () => {
    const reconnects = await count(page, "Reconnects");
    await page.getByRole("button", { name: "Drop connections" }).click();
    await eventually(async () => count(page, "Reconnects")).toBeGreaterThan(reconnects);
    await throwSwitch("Refuse with 503");
    await page.getByRole("button", { name: "Drop connections" }).click();
    await exchangeIs("lost, trying again");
    await page.screenshot({ path: picture("lost") });
    await throwSwitch("Refuse with 503");
    await exchangeIs("connected");
    const mended = await count(page, "Reconnects");
    await throwSwitch("Half-open silence");
    await eventually(async () => count(page, "Reconnects")).toBeGreaterThan(mended); // found out, and in vain for as long as it lasts
    await throwSwitch("Half-open silence");
    await exchangeIs("connected");
  });

  test("lost, doubled and reordered messages are counted and mended", async () => {
    const [gaps, duplicates] = [await count(page, "Gaps mended"), await count(page, "Duplicates")];
    for (const name of ["Lose messages", "Change the order", "Send twice"]) await throwSwitch(name);
    await eventually(async () => count(page, "Gaps mended")).toBeGreaterThan(gaps);
    await eventually(async () => count(page, "Duplicates")).toBeGreaterThan(duplicates);
    for (const name of ["Lose messages", "Change the order", "Send twice"]) await throwSwitch(name);
  });

  test("three texts at once over one connection: asked for while there is none, one cancelled, the others whole though the line is cut", async () => {
    const text = (prompt: string) => page.getByRole("article", { name: prompt });
    const tokens = async (prompt: string): Promise<number> => Number.parseInt(await text(prompt).locator(".tokens").innerText(), 10);
    await throwSwitch("Refuse with 503");
    await page.getByRole("button", { name: "Drop connections" }).click();
    await exchangeIs("lost, trying again");
    await page.getByRole("button", { name: "Three at once" }).click();
    await text("What is a tick?").getByText("Waiting", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Cancel: Why do sockets break?" }).click();
    await text("Why do sockets break?").getByText("Cancelled", { exact: true }).waitFor();
    await page.getByLabel("Prompt").fill("And one of my own");
    await page.keyboard.press("Enter");
    await throwSwitch("Refuse with 503");
    await eventually(async () => tokens("And one of my own")).toBeGreaterThan(20);
    await page.screenshot({ path: picture("light") });
    await page.getByRole("button", { name: "Drop connections" }).click();
    for (const prompt of ["What is a tick?", "Tell me about the tape", "And one of my own"]) {
      await text(prompt).getByText("Whole", { exact: true }).waitFor({ timeout: 30_000 });
      expect(await text(prompt).locator(".text-body").innerText()).toMatch(/^(This text is simulated|What follows was written by a random generator)\. You asked: “.+”\. .+\.$/su);
    }
    expect(await tokens("Why do sockets break?")).toBe(0);
  });

  test("no accessibility faults in the light theme, nor in the dark", async () => {
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Theme: system. Switch to light" }).click();
    await page.getByRole("button", { name: "Theme: light. Switch to dark" }).click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.screenshot({ path: picture("dark") });
  });

  test("a phone shows one column, in the theme of its system", async () => {
    const small = await browser.open(market.url, { ...phone, colorScheme: "dark" });
    await small.locator("canvas").first().waitFor();
    expect(await small.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    expect(await accessibilityFaults(small)).toEqual([]);
    await small.screenshot({ path: picture("phone-dark") });
    await small.emulateMedia({ colorScheme: "light" });
    await small.getByRole("heading", { name: "Break the exchange" }).scrollIntoViewIfNeeded();
    await small.screenshot({ path: picture("phone-light") });
    await small.context().close();
  });

  test("no page reported an error", () => {
    expect(browser.problems).toEqual([]);
  });
});
