/** Two people, two browsers, one conversation. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium, describeInBrowser, eventually } from "@x/testkit/browser";
import { ChatProcess } from "./chat-process.js";
import { Person } from "./person.js";

describeInBrowser("a conversation", () => {
  const chat = new ChatProcess();
  let browser: Chromium;
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    [browser] = await Promise.all([Chromium.launch(), chat.start()]);
    ada = await Person.enter(browser, chat.url, "Ada Lovelace");
    bob = await Person.enter(browser, chat.url, "Bob");
  });
  afterAll(async () => {
    await browser.close();
    await chat.dispose();
  });

  test("each sees the other online, and a name is taken once", async () => {
    await ada.page.getByRole("region", { name: "Online" }).getByText("Bob").waitFor();
    await bob.page.getByRole("region", { name: "Online" }).getByText("Ada Lovelace").waitFor();
    const eve = await browser.open(chat.url);
    await eve.getByLabel("Your name").fill("ada  LOVELACE");
    await eve.getByRole("button", { name: "Enter the chat" }).click();
    await eve.getByRole("alert").filter({ hasText: "Please choose another name" }).waitFor();
    await eve.context().close();
  });

  test("typing shows, and goes when the message comes", async () => {
    await bob.composer.pressSequentially("Hello A");
    await ada.page.getByText("Bob is typing…").waitFor();
    await bob.composer.fill("Hello Ada, is the engine ready?");
    await bob.composer.press("Enter");
    await ada.sees("Hello Ada, is the engine ready?");
    await eventually(async () => ada.page.getByText("is typing…").count()).toBe(0);
  });

  test("ticks: sent while nobody else is there, delivered when it came, read when it was seen; unread counts meanwhile", async () => {
    await ada.createRoom("Engine notes", "Cogs and cards");
    await ada.say("Note to self");
    await ada.seesTick("Note to self", "Sent");
    await bob.say("Where did you go?");
    await bob.seesTick("Where did you go?", "Delivered");
    await ada.room("Lobby").getByText("1 unread").waitFor({ state: "attached" });
    await eventually(async () => ada.page.title()).toBe("(1) Engine notes · Chat");
    await ada.screenshot("unread");
    await ada.openRoom("Lobby");
    await bob.seesTick("Where did you go?", "Read by Ada Lovelace");
    await ada.page.getByText("New", { exact: true }).waitFor();
    await eventually(async () => ada.page.title()).toBe("Lobby · Chat");
    await eventually(async () => ada.room("Lobby").getByText("unread").count()).toBe(0);
  });

  test("a new room appears for others, who join, talk and leave", async () => {
    await bob.join("Engine notes");
    await bob.sees("Note to self");
    await ada.seesTickIn("Engine notes", "Note to self", "Read by Bob");
    await bob.say("So this is where you are.");
    await ada.sees("So this is where you are.");
    await bob.page.getByRole("button", { name: "Leave Engine notes" }).click();
    await bob.page.getByRole("heading", { level: 1, name: "Lobby" }).waitFor();
    await eventually(async () => ada.page.getByRole("complementary", { name: "Members" }).getByText("Bob").count()).toBe(0);
    await ada.openRoom("Lobby");
  });

  test("markup stays text, links are safe, lines and emoji are kept", async () => {
    const text = '<img src=x onerror="document.title=\'owned\'"> **no**\nsee https://example.org/a?b=1&c=2. 👩🏽‍🚀';
    await bob.say(text);
    await ada.sees("<img src=x onerror=");
    expect(await ada.bubble("<img src=x").locator(".message-text").innerText()).toBe(text);
    expect(await ada.log.locator("img[src]").count()).toBe(0);
    const link = ada.bubble("<img src=x").getByRole("link");
    expect(await link.getAttribute("href")).toBe("https://example.org/a?b=1&c=2");
    expect(await link.getAttribute("rel")).toContain("noopener");
    expect(await ada.page.evaluate("document.title")).toBe("Lobby · Chat");
  });

  test("messages sent too fast are held back kindly, and all arrive once and in order", async () => {
    const texts = Array.from({ length: 16 }, (_, i) => `Quick ${String(i + 1).padStart(2, "0")}`);
    await bob.sayAtOnce(texts);
    await bob.page.getByRole("alert").filter({ hasText: "a little fast" }).waitFor();
    await ada.bubble("Quick 16").waitFor();
    const seen = (await ada.log.locator(".message-text").allInnerTexts()).filter((text) => text.startsWith("Quick"));
    expect(seen).toEqual(texts);
  });

  test("a reload keeps the session, the room and the history", async () => {
    await ada.page.reload();
    await ada.sees("Quick 16");
    await ada.page.getByRole("heading", { level: 1, name: "Lobby" }).waitFor();
    expect(await ada.bubble("Hello Ada, is the engine ready?").count()).toBe(1);
  });

  test("the session cookie is out of scripts' reach, and signing out frees the name", async () => {
    expect(await bob.page.evaluate("document.cookie")).toBe("");
    const [cookie] = await bob.page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    await bob.page.getByRole("button", { name: "Sign out" }).click();
    await bob.page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await bob.page.getByLabel("Your name").waitFor();
    await eventually(async () => ada.page.getByRole("complementary", { name: "Members" }).getByText("Bob").count()).toBe(0);
    const next = await Person.enter(browser, chat.url, "Bob");
    await next.sees("Quick 16");
    expect(await next.log.locator(".group.mine").count()).toBe(0);
  });

  test("no page reported an error, and the security policy refused nothing", () => {
    expect(browser.problems).toEqual([]);
  });
});
