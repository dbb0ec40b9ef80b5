/** The server dies and comes back: nothing is lost, nothing is doubled, and people are told what is going on. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium, describeInBrowser, eventually } from "@x/testkit/browser";
import { ChatProcess } from "./chat-process.js";
import { Person } from "./person.js";

describeInBrowser("a lost server", () => {
  const chat = new ChatProcess();
  let browser: Chromium;
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    [browser] = await Promise.all([Chromium.launch(), chat.start()]);
    ada = await Person.enter(browser, chat.url, "Ada");
    bob = await Person.enter(browser, chat.url, "Bob");
    await ada.say("Before the storm");
    await bob.sees("Before the storm");
  });
  afterAll(async () => {
    await browser.close();
    await chat.dispose();
  });

  test("killed and restarted: the banner shows, what was written meanwhile arrives once", async () => {
    await chat.stop("SIGKILL");
    await Promise.all([ada.banner.waitFor(), bob.banner.waitFor()]);
    await ada.say("Written in the dark, 1");
    await ada.say("Written in the dark, 2");
    await ada.seesTick("Written in the dark, 1", "Waiting to be sent");
    await ada.page.getByText("2 messages wait").waitFor();
    await ada.screenshot("reconnecting");
    await chat.start();
    await bob.sees("Written in the dark, 2");
    await ada.seesTick("Written in the dark, 2", "Read by Bob");
    await eventually(async () => ada.banner.count()).toBe(0);
    for (const person of [ada, bob]) expect(await person.log.locator(".message-text").allInnerTexts()).toEqual(["Before the storm", "Written in the dark, 1", "Written in the dark, 2"]);
  });

  test("a message written before a reload, offline, outlives the reload of its tab", async () => {
    await chat.stop("SIGTERM");
    await ada.banner.waitFor();
    await ada.say("Written before the reload");
    await ada.seesTick("Written before the reload", "Waiting to be sent");
    await chat.start();
    await ada.page.reload();
    await bob.sees("Written before the reload");
    await ada.sees("Written before the reload");
    expect(await bob.bubble("Written before the reload").count()).toBe(1);
    await eventually(async () => ada.bubble("Written before the reload").count()).toBe(1);
  });

  test("who was away longer gets what was missed, in order and once", async () => {
    await bob.page.route("**/socket.io/**", async (route) => route.abort());
    await chat.stop("SIGKILL");
    await bob.banner.waitFor();
    await chat.start();
    await eventually(async () => ada.banner.count()).toBe(0);
    await ada.say("Bob cannot see this yet");
    await ada.seesTick("Bob cannot see this yet", "Sent");
    expect(await bob.bubble("Bob cannot see this yet").count()).toBe(0);
    await bob.page.unroute("**/socket.io/**");
    await bob.sees("Bob cannot see this yet");
    await ada.seesTick("Bob cannot see this yet", "Read by Bob");
    expect(await bob.bubble("Bob cannot see this yet").count()).toBe(1);
  });

  test("after everything, a fresh visit finds each message once, in order", async () => {
    await bob.page.reload();
    await bob.sees("Bob cannot see this yet");
    expect(await bob.log.locator(".message-text").allInnerTexts())
      .toEqual(["Before the storm", "Written in the dark, 1", "Written in the dark, 2", "Written before the reload", "Bob cannot see this yet"]);
    expect(browser.problems).toEqual([]);
  });
});
