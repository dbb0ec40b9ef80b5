/** The reference page of errors, written from the classes and the tables of codes. */
import { classesOf, FAMILIES, type ErrorClass, type Family } from "./classes.js";

const titles: Readonly<Record<Family["layer"], string>> = {
  errors: "The root and this package's helpers",
  wsframe: "WebSocket frames, handshakes and addresses",
  "simple-ws": "WebSocket connections",
  engineio: "Engine.IO",
  socketio: "Socket.IO",
  pool: "Pools and resilient connections",
};

const names: Readonly<Record<Family["layer"], string>> = { errors: "", wsframe: "wsframe", "simple-ws": "simpleWs", engineio: "engineio", socketio: "socketio", pool: "pool" };

function parentOf(type: ErrorClass): string {
  const parent: unknown = Object.getPrototypeOf(type);
  return typeof parent === "function" ? parent.name : "";
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

function classTable(family: Family): readonly string[] {
  return [
    row("class", "extends", "default code", "close code", "HTTP", "retryable"),
    "|---|---|---|---|---|---|",
    ...classesOf(family.classes).map((type) => {
      const { code, closeCode = "", httpStatus = "", retryable = false } = type.kind;
      return row(`\`${type.name}\``, `\`${parentOf(type)}\``, `\`${code}\``, closeCode, httpStatus, retryable ? "yes" : "no");
    }),
  ];
}

function codeTable(family: Family): readonly string[] {
  return [
    row("code", "class", "meaning"),
    "|---|---|---|",
    ...Object.entries(family.codes).map(([code, { by, means }]) => row(`\`${code}\``, `\`${by}\``, means)),
  ];
}

function section(family: Family): readonly string[] {
  const { layer } = family;
  const where = layer === "errors" ? "`@x/errors`; `CircuitOpenError` from `@x/errors/circuit-breaker`" : `\`@x/errors/${layer}\`, or \`${names[layer]}\` of \`@x/errors\``;
  return [`## ${titles[layer]}`, "", `Import from ${where}.`, "", ...classTable(family), "", ...codeTable(family), ""];
}

/** @returns the page, in Markdown. */
export function referencePage(): string {
  return [
    "<!-- Written by `pnpm --filter @x/errors reference` from the classes and tables of packages/errors. Do not edit. -->",
    "",
    "# Errors",
    "",
    "Every failure that a package reports is an instance of `TransportError` and carries a stable `code`. Branch on codes; they are never renamed.",
    "A code's class is the one that carries it; a class below it may carry it, too. Applications may use codes of their own that begin with `app/`.",
    "",
    "*Retryable* says whether the same call has a chance later. It is `no` whatever the table says where the HTTP status is 401, 403, 404 or 410, where the",
    "close code is 1000, 1002, 1003, 1007, 1008, 1009, 1010, 4401 or 4403, or where the cause is an error of the tree that is not retryable.",
    "",
    ...FAMILIES.flatMap(section),
  ].join("\n");
}
