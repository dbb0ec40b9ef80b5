/** Sites with one page each, whose script runs a suite's scenarios by name. */
import { type Server as HttpServer, createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { listen } from "@x/testkit";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { openPage } from "./chromium.js";

/** Plain data in, plain data out: what can cross over to the page. */
export type ScenariosOf<Scenarios> = { readonly [Name in keyof Scenarios]: (...args: never[]) => unknown };

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/**
 * @param instead files of this folder for modules that are not to be bundled.
 * @returns the script `file` of this folder, bundled from the sources as a page's bundler would, without Node.
 */
export async function bundle(file: string, instead: Readonly<Record<string, string>> = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [here(file)], alias: Object.fromEntries(Object.entries(instead).map(([name, other]) => [name, here(other)])),
    bundle: true, format: "esm", platform: "browser", target: "es2022", conditions: ["@x/source"], write: false, logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

export interface Site {
  readonly http: HttpServer;
  readonly port: number;
  /** By a name that is not local: sites of several names are of several origins. */
  readonly origin: string;
  /** Hangs up on everyone, before the test is over. */
  readonly close: () => Promise<void>;
}

/** An HTTP server with a page on it that runs `script`. @param before URL of a script that the page needs first. */
export async function site(name: string, title: string, script: string, before?: string): Promise<Site> {
  const html = `<!doctype html><meta charset=utf-8><title>${title}</title><h1>${title} in a page</h1><ol></ol>${before === undefined ? "" : `<script src=${before}></script>`}<script type=module src=/page.js></script>`;
  const http = createServer((request, response) => {
    if (request.url === "/") response.writeHead(200, { "Content-Type": "text/html" }).end(html);
    else if (request.url === "/page.js") response.writeHead(200, { "Content-Type": "text/javascript" }).end(script);
    else response.writeHead(404).end();
  });
  const { port, close } = await listen(http);
  onTestFinished(close);
  return { http, port, origin: `http://${name}.site.test:${port}`, close };
}

export async function pageAt(browser: Browser, origin: string): Promise<{ readonly page: Page; readonly context: BrowserContext }> {
  const opened = await openPage(browser, origin);
  onTestFinished(() => opened.context.close());
  return opened;
}

/** Runs one of the page's scenarios. */
export function run<Scenarios extends ScenariosOf<Scenarios>, Name extends keyof Scenarios & string>(page: Page, name: Name, ...args: Parameters<Scenarios[Name]>): Promise<Awaited<ReturnType<Scenarios[Name]>>> {
  return page.evaluate(async ([which, given]) => {
    const all = (globalThis as unknown as { readonly scenarios: Readonly<Record<string, (argument: unknown) => unknown>> }).scenarios;
    return await all[which]?.(given);
  }, [name, args[0]] as const) as Promise<Awaited<ReturnType<Scenarios[Name]>>>;
}

/** What the page has noted so far, asked again and again. */
export function logged(page: Page): ReturnType<typeof expect.poll<readonly string[]>> {
  return expect.poll(() => run<{ log(): readonly string[] }, "log">(page, "log"));
}

/** A picture of the page, in `conformance/reports`. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: fileURLToPath(new URL(`../../reports/${name}.png`, import.meta.url)) });
}
