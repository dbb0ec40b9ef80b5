/** The page that an example serves, in a real browser: each of its forms says what it should, and shows what it hears. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { staticFiles } from "@x/engineio/static";
import { Server } from "@x/socketio/server";
import { listen } from "@x/testkit";
import { describeInBrowser } from "@x/testkit/browser";
import { launchChromium } from "@x/testkit/chromium";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { openPage } from "./chromium.js";

const files = staticFiles({ "/": fileURLToPath(new URL("../../../examples/src/socketio/public/", import.meta.url)) });

/** @returns a folder with the client as the build makes it for `<script src>`, but from the sources. */
async function clientDirectory(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "client-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await build({
    stdin: { contents: 'import { io } from "@x/socketio/client"; globalThis.io = io;', resolveDir: import.meta.dirname },
    bundle: true, format: "iife", conditions: ["@x/source"], outfile: join(folder, "socket.io.js"),
  });
  return folder;
}

describeInBrowser("examples/src/socketio/public in Chromium", () => {
  test("every form emits its event with what was typed, without a failure on the console", async () => {
    const http = createServer(files);
    const io = new Server(http, { clientDirectory: await clientDirectory() });
    io.on("connection", (socket) => {
      socket.onAny((event: string, ...args: string[]) => {
        socket.emit("said", [event, ...args].join("/"));
        if (event === "goodbye") socket.disconnect();
      });
    });
    const { port, close } = await listen(http);
    onTestFinished(async () => {
      await io.close();
      await close();
    });
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const { page } = await openPage(browser, `http://everything.site.test:${port}/`);
    const failures: string[] = [];
    page.on("console", (line) => failures.push(line.text()));
    page.on("pageerror", (error) => failures.push(error.message));
    for (const label of ["Text to echo", "Text to all", "Room to join", "Room to leave", "Room to tell", "Text to a room", "Room to close"]) await page.getByLabel(label, { exact: true }).fill(label.toLowerCase());
    for (const label of ["Echo", "To all", "Join", "Leave", "To the room", "Close room", "Disconnect"]) await page.getByRole("button", { name: label, exact: true }).click();
    await expect.poll(() => page.locator("li").allInnerTexts()).toEqual([
      "connected", "echo/text to echo", "broadcast/text to all", "join/room to join", "leave/room to leave", "say/room to tell/text to a room", "close/room to close", "goodbye",
      "disconnected: io server disconnect",
    ]);
    expect(failures).toEqual([]);
  });
});
