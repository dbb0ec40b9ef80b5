/** Which packages a packed entry leads to, through its own files: what must be installed before it can be imported. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const specifiers = /(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/g;

/**
 * @param folder of the installed package.
 * @param target the entry's value in the export map; its source condition is not followed.
 * @returns names of packages, "node:" modules left out.
 */
export function packagesReached(folder: string, target: unknown): Set<string> {
  const packages = new Set<string>();
  const files = new Set(filesOf(target).map((file) => join(folder, file)));
  for (const file of files) { // which grows meanwhile
    if (!existsSync(file)) continue; // other checks complain
    for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(specifiers)) {
      if (specifier.startsWith(".")) files.add(besides(join(dirname(file), specifier), file));
      else if (!specifier.startsWith("node:")) packages.add(packageOf(specifier));
    }
  }
  return packages;
}

/** Programs and declarations that an export leads to, under any condition. */
function filesOf(target: unknown): string[] {
  if (typeof target === "string") return [target];
  if (typeof target !== "object" || target === null) return [];
  return Object.entries(target).flatMap(([condition, value]) => (condition === "@x/source" ? [] : filesOf(value)));
}

/** What `./x.js` means in a program, or in a declaration. */
function besides(path: string, importer: string): string {
  return importer.endsWith(".d.ts") ? path.replace(/\.js$/, ".d.ts") : path;
}

/** "@x/errors/retry" is of "@x/errors". */
function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
