/**
 * Links of Markdown pages to files and headings of this repository.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const skipped: ReadonlySet<string> = new Set(["node_modules", "dist", "reports", ".git", ".turbo", ".data"]);

/** Every Markdown file below `folder`, as paths from there. */
export function markdownIn(folder: string): string[] {
  const walk = (at: string): string[] => readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(join(at, entry.name));
    return entry.name.endsWith(".md") ? [relative(folder, join(at, entry.name))] : [];
  });
  return walk(folder).sort();
}

/** Targets of `[text](target)` that are neither on the web nor in code. */
export function linksIn(markdown: string): string[] {
  const prose = markdown.replace(/^(```+)[^]*?^\1/gm, "").replace(/`[^`\n]*`/g, "code");
  return [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(([, target = ""]) => target).filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

/** Where the headings can be linked to, as GitHub names them. */
export function anchorsIn(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of markdown.replace(/^(```+)[^]*?^\1/gm, "").matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    const slug = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${String(count)}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** @returns what is wrong with a link, or `undefined`. @param page path of the page that has it. */
export function complaintAbout(target: string, page: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : resolve(dirname(page), decodeURIComponent(path));
  if (!existsSync(file)) return `${target}: there is no such file`;
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  return anchorsIn(readFileSync(file, "utf8")).has(anchor) ? undefined : `${target}: there is no such heading`;
}
