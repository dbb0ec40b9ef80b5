/** A long history: pages upwards, the place one reads at stays, and new messages wait below. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium, describeInBrowser, eventually } from "@x/testkit/browser";
import { openStorage } from "../src/server/storage/storage.js";
import { ChatProcess } from "./chat-process.js";
import { Person } from "./person.js";

const COUNT = 120;

describeInBrowser("a long history", () => {
  const chat = new ChatProcess();
  let browser: Chromium;
  let ada: Person;

  beforeAll(async () => {
    const storage = await openStorage({ folder: chat.folder });
    const author = await storage.users.claim("Charles");
    const [roomId = ""] = await storage.rooms.idsOf(author?.id ?? "");
    for (let i = 1; i <= COUNT; i++) await storage.messages.append({ roomId, authorId: author?.id ?? "", clientId: randomUUID(), text: `Entry ${String(i).padStart(3, "0")}` });
    await storage.close();
    [browser] = await Promise.all([Chromium.launch(), chat.start()]);
    ada = await Person.enter(browser, chat.url, "Ada");
  });
  afterAll(async () => {
    await browser.close();
    await chat.dispose();
  });

  const texts = async (): Promise<string[]> => ada.log.locator(".message-text").allInnerTexts();

  test("opens at the newest, with nothing unread for who just came", async () => {
    await ada.sees("Entry 120");
    expect(await texts()).toHaveLength(50);
    await eventually(async () => ada.log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight)).toBeLessThan(48);
    expect(await ada.page.title()).toBe("Lobby · Chat");
  });

  test("scrolling up loads earlier pages and keeps the place, down to the beginning", async () => {
    const first = ada.bubble("Entry 071");
    await ada.log.evaluate((log) => { log.scrollTop = 0; });
    await ada.bubble("Entry 021").waitFor({ state: "attached" });
    expect(await first.isVisible()).toBe(true); // what was on top is still on the screen
    const box = await first.boundingBox();
    expect(box?.y).toBeGreaterThan(0);
    expect(box?.y).toBeLessThan(820);
    await ada.log.evaluate((log) => { log.scrollTop = 0; });
    await ada.bubble("Entry 001").waitFor({ state: "attached" });
    const all = await texts();
    expect(all).toHaveLength(COUNT);
    expect(all).toEqual([...all].sort());
    await eventually(async () => ada.page.getByRole("button", { name: "Show earlier messages" }).count()).toBe(0);
  });

  test("a message that comes meanwhile does not pull the reader away; one press leads to it and reads it", async () => {
    const bob = await Person.enter(browser, chat.url, "Bob");
    await bob.say("Are you still reading?");
    const toEnd = ada.page.getByRole("button", { name: "1 new message" });
    await toEnd.waitFor();
    await bob.seesTick("Are you still reading?", "Delivered");
    await ada.screenshot("history");
    await toEnd.click();
    await bob.seesTick("Are you still reading?", "Read by Ada");
    await eventually(async () => toEnd.count()).toBe(0);
    expect(browser.problems).toEqual([]);
  });
});
