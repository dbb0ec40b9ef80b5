/**
 * What a person does and sees in the chat, by the names that assistive technology reads.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { type Chromium, eventually } from "@x/testkit/browser";

const screenshots = fileURLToPath(new URL("../reports/screenshots/", import.meta.url));

export class Person {
  readonly name: string;
  readonly page: Page;

  constructor(name: string, page: Page) {
    this.name = name;
    this.page = page;
  }

  /** Where a screenshot goes. */
  static picture(name: string): string {
    mkdirSync(screenshots, { recursive: true });
    return `${screenshots}${name}.png`;
  }

  static async enter(browser: Chromium, url: string, name: string, options?: BrowserContextOptions): Promise<Person> {
    const person = new Person(name, await browser.open(url, options));
    await person.page.getByLabel("Your name").fill(name);
    await person.page.getByRole("button", { name: "Enter the chat" }).click();
    await person.log.waitFor();
    return person;
  }

  get log(): Locator { return this.page.getByRole("log"); }
  get composer(): Locator { return this.page.getByRole("textbox", { name: /^Message to/u }); }
  get banner(): Locator { return this.page.getByRole("status").filter({ hasText: "Reconnecting…" }); }
  get nav(): Locator { return this.page.getByRole("navigation", { name: "Rooms" }); }
  bubble(text: string): Locator { return this.log.locator(".bubble").filter({ hasText: text }); }
  tick(text: string): Locator { return this.bubble(text).locator(".ticks"); }
  room(name: string): Locator { return this.nav.locator("button.room").filter({ hasText: name }); }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** As fast as the page takes them, however slow the machine that drives it. */
  async sayAtOnce(texts: readonly string[]): Promise<void> {
    await this.composer.evaluate(async (composer, all) => {
      const setValue = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.bind(composer);
      for (const text of all) {
        setValue?.(text); // past React's own setter, so that it notices
        composer.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve)); // a turn to render
        composer.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        await new Promise((resolve) => setTimeout(resolve));
      }
    }, texts);
  }

  async sees(text: string): Promise<void> { await this.bubble(text).first().waitFor(); }

  async seesTick(text: string, label: string): Promise<void> {
    await eventually(async () => this.tick(text).getAttribute("aria-label")).toBe(label);
  }

  async seesTickIn(room: string, text: string, label: string): Promise<void> {
    await this.openRoom(room);
    await this.seesTick(text, label);
  }

  async createRoom(name: string, topic = ""): Promise<void> {
    await this.page.getByRole("button", { name: "New room" }).click();
    const dialog = this.page.getByRole("dialog", { name: "New room" });
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByLabel("Topic").fill(topic);
    await dialog.getByRole("button", { name: "Create room" }).click();
    await this.page.getByRole("heading", { level: 1, name }).waitFor();
  }

  async openRoom(name: string): Promise<void> {
    await this.room(name).click();
    await this.page.getByRole("heading", { level: 1, name }).waitFor();
    await this.log.waitFor();
  }

  async join(name: string): Promise<void> {
    await this.nav.getByRole("button", { name: `Join ${name}` }).click();
    await this.page.getByRole("heading", { level: 1, name }).waitFor();
    await this.log.waitFor();
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: Person.picture(name) });
  }
}
