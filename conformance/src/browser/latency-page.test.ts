/** The page that the examples serve, in a real browser: it measures, and ends up on WebSocket. */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { Server } from "@x/engineio/server";
import { staticFiles } from "@x/engineio/static";
import { listen } from "@x/testkit";
import { describeInBrowser } from "@x/testkit/browser";
import { launchChromium } from "@x/testkit/chromium";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { openPage } from "./chromium.js";

const files = staticFiles({ "/": fileURLToPath(new URL("../../../examples/src/engineio/public/", import.meta.url)) });

describeInBrowser("examples/src/engineio/public in Chromium", () => {
  test("measures latency over WebSocket, without a failure on its console", async () => {
    const bundled = await build({ stdin: { contents: 'export { connect } from "@x/engineio/client";', resolveDir: import.meta.dirname }, bundle: true, format: "esm", conditions: ["@x/source"], write: false });
    const http = createServer((request, response) => {
      if (request.url === "/engine.io.js") response.writeHead(200, { "Content-Type": "text/javascript" }).end(bundled.outputFiles[0]?.text);
      else files(request, response);
    });
    const engine = new Server().attach(http);
    engine.on("connection", (socket) => socket.on("message", () => socket.send("pong")));
    const { port, close } = await listen(http);
    onTestFinished(async () => {
      await engine.close();
      await close();
    });
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const { page } = await openPage(browser, `http://latency.site.test:${port}/`);
    const failures: string[] = [];
    page.on("console", (line) => failures.push(line.text()));
    page.on("pageerror", (error) => failures.push(error.message));
    await expect.poll(() => page.locator("p").innerText()).toMatch(/^\d+\.\d ms over websocket$/);
    expect(failures).toEqual([]);
  });
});
