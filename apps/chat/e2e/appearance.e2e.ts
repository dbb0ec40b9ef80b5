/** How the page looks and works for everybody: both themes, a phone, a keyboard alone, assistive technology. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults } from "@x/testkit/accessibility";
import { Chromium, describeInBrowser, eventually } from "@x/testkit/browser";
import { ChatProcess } from "./chat-process.js";
import { Person } from "./person.js";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

describeInBrowser("the page", () => {
  const chat = new ChatProcess();
  let browser: Chromium;
  let ada: Person;
  let grace: Person;

  beforeAll(async () => {
    [browser] = await Promise.all([Chromium.launch(), chat.start()]);
  });
  afterAll(async () => {
    await browser.close();
    await chat.dispose();
  });

  test("signing in has no accessibility faults", async () => {
    const page = await browser.open(chat.url);
    await page.getByLabel("Your name").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.screenshot({ path: Person.picture("sign-in") });
    await page.context().close();
  });

  test("a conversation in the light theme has no accessibility faults", async () => {
    ada = await Person.enter(browser, chat.url, "Ada Lovelace", { colorScheme: "light" });
    grace = await Person.enter(browser, chat.url, "Grace Hopper", { ...phone, colorScheme: "dark" });
    for (const text of ["Good morning!", "The notes on the engine are in https://example.org/notes", "Shall we go through them at ten?"]) await ada.say(text);
    await grace.sees("Shall we go through them at ten?");
    await grace.say("Ten is fine. I found a moth in the relay 🦋");
    await ada.sees("I found a moth");
    expect(await accessibilityFaults(ada.page)).toEqual([]);
    await ada.screenshot("light");
  });

  test("a phone shows one column, in the dark theme of its system, and the rooms in a drawer", async () => {
    expect(await accessibilityFaults(grace.page)).toEqual([]);
    const overflow = await grace.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBe(0);
    await grace.screenshot("phone-dark");
    await grace.page.getByRole("button", { name: /rooms/iu }).first().click();
    await grace.room("Lobby").waitFor();
    await grace.screenshot("phone-drawer");
    await grace.room("Lobby").click();
    await grace.composer.waitFor();
  });

  test("the theme goes from the system's to light and dark, and stays chosen after a reload", async () => {
    const light = await background(ada.page);
    await ada.page.getByRole("button", { name: "Theme: system. Switch to light" }).click();
    await ada.page.getByRole("button", { name: "Theme: light. Switch to dark" }).click();
    await eventually(async () => background(ada.page)).not.toBe(light);
    const dark = await background(ada.page);
    expect(await accessibilityFaults(ada.page)).toEqual([]);
    await ada.screenshot("dark");
    await ada.page.reload();
    await ada.log.waitFor();
    expect(await background(ada.page)).toBe(dark);
  });

  test("a keyboard alone is enough: sign in, create a room, write in it", async () => {
    const page = await browser.open(chat.url);
    await page.getByLabel("Your name").waitFor();
    await page.keyboard.type("Keyboard Kay");
    await page.keyboard.press("Enter");
    const kay = new Person("Keyboard Kay", page);
    await kay.log.waitFor();
    await tabTo(page, "New room");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "New room" }).waitFor();
    await page.keyboard.type("By keys");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "By keys" }).waitFor();
    await eventually(async () => kay.composer.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("No mouse was moved");
    await page.keyboard.press("Enter");
    await kay.sees("No mouse was moved");
  });

  test("no page reported an error", () => {
    expect(browser.problems).toEqual([]);
  });
});

/** Presses Tab until the control with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const target = page.getByRole("button", { name, exact: true });
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  expect.fail(`40 presses of Tab do not reach "${name}"`);
}
