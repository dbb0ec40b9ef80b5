/** Pages as assistive technology finds them, by axe-core. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly help: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What axe needs of a page's global scope, once its source has run there. */
interface WithAxe { readonly axe: { run(): Promise<AxeResults> } }

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @returns what axe finds wrong with the page as it is now, rule by rule. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(source); // by the debugger, not as a script element: the security policy stays as it is
  const { violations } = await page.evaluate(() => (globalThis as unknown as WithAxe).axe.run());
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
}
