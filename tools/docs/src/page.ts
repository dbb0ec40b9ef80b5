/**
 * Tables of options as Markdown.
 */
import type { Option, OptionsTable } from "./options.js";

/** @returns the file of a package's page. */
export function pageOf(packageName: string): string {
  return `${packageName.replace("@x/", "")}-options.md`;
}

/** @param name the package's. */
export function optionsPage(name: string, tables: readonly OptionsTable[]): string {
  return [
    "<!-- Written by `pnpm reference` from the docstrings of the sources. Do not edit. -->",
    "",
    `# Options of ${name}`,
    "",
    "Every option has its unit in its name or in the column beside it. Error codes are explained in [errors.md](errors.md).",
    "",
    row("import from", "options"),
    row("---", "---"),
    ...[...new Set(tables.flatMap(({ entries }) => entries))].map((entry) => row(`\`${entry}\``, tables.filter(({ entries }) => entries.includes(entry)).map((table) => linkTo(table.name)).join(", "))),
    "",
    ...tables.flatMap((table) => section(table, name)),
  ].join("\n");
}

function section({ name, doc, takenBy, inherited, options }: OptionsTable, packageName: string): string[] {
  const parents = inherited.map(({ from, owner, but }) => `${linkTo(from, owner === packageName ? "" : pageOf(owner))}${but.length === 0 ? "" : ` (but ${but.map(inCode).join(", ")})`}`);
  return [
    `## ${name}`,
    "",
    ...(doc === "" ? [] : [doc, ""]),
    ...(takenBy.length === 0 ? [] : [`Taken by ${takenBy.map(inCode).join(", ")}.`, ""]),
    ...(options.length === 0 ? [] : [row("option", "type", "default", "unit", "error code", "meaning"), row("---", "---", "---", "---", "---", "---"), ...options.map(optionRow), ""]),
    ...(parents.length === 0 ? [] : [`${options.length === 0 ? "Those of" : "And those of"} ${parents.join(", ")}.`, ""]),
  ];
}

function optionRow({ name, type, isRequired, defaultsTo, unit, codes, meaning }: Option): string {
  return row(inCode(name), inCode(type), defaultsTo ?? (isRequired ? "required" : "–"), unit ?? "", codes.map(inCode).join(", "), meaning);
}

function linkTo(name: string, page = ""): string {
  return `[${inCode(name)}](${page}#${name.toLowerCase()})`;
}

function inCode(text: string): string {
  return `\`${text}\``;
}

/** A bar in a cell would end it, in code too. */
function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
