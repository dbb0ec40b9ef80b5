/**
 * Lines about what happens: coloured for a terminal, plain in a pipe, JSON for programs. Texts in, text out.
 */
import { createColors } from "picocolors";
import { escapeJson, escapeText, showBytes } from "./payload.js";
import { showValues, withBase64 } from "./values.js";

export type Direction = "sent" | "received";

/** What there is to tell. */
export type Happening =
  | { readonly kind: "message"; readonly direction: Direction; readonly data: string | Uint8Array; readonly from?: string }
  | { readonly kind: "event"; readonly direction: Direction; readonly event: string; readonly args: readonly unknown[]; readonly wantsAnswer: boolean }
  | { readonly kind: "answer"; readonly direction: Direction; readonly args: readonly unknown[]; /** Since the question, in milliseconds. */ readonly afterMs?: number }
  | { readonly kind: "control"; readonly direction: Direction; readonly name: "ping" | "pong"; readonly payload: Uint8Array }
  | Open
  | { readonly kind: "closed"; readonly code: number; readonly reason: string; readonly wasClean: boolean }
  | { readonly kind: "disconnected"; readonly reason: string }
  | { readonly kind: "info"; readonly text: string }
  | { readonly kind: "trace"; readonly text: string }
  | { readonly kind: "error"; readonly text: string; readonly code?: string };

/** What is not said is `undefined` or "". */
interface Open {
  readonly kind: "open";
  readonly url: string;
  readonly protocol?: string;
  readonly extensions?: string;
  readonly namespace?: string;
  readonly transport?: string;
  readonly id?: string;
}

export interface OutputOptions {
  readonly mode: "pretty" | "plain" | "json";
  readonly hasColors: boolean;
  /** Seconds since the start before each line. */
  readonly timings: boolean;
  /** 1 names the opcode of each message, as wsdump does. */
  readonly verbosity: number;
  /** Bytes in hex, whatever they are. */
  readonly hex: boolean;
}

/** Where a line goes: messages are the program's output, everything else is about it. */
export interface Line {
  readonly to: "stdout" | "stderr";
  readonly text: string;
}

/** @param elapsedMs since the start. @returns `undefined` for what this mode leaves out. */
export function lineOf(happening: Happening, options: OutputOptions, elapsedMs: number): Line | undefined {
  if (options.mode === "json") return { to: "stdout", text: escapeJson(JSON.stringify({ time: elapsedMs / 1_000, ...jsonOf(happening) })) };
  const text = textOf(happening, options);
  if (text === undefined) return undefined;
  const stamp = options.timings ? `${(elapsedMs / 1_000).toFixed(3)} ` : "";
  return { to: isOutput(happening) ? "stdout" : "stderr", text: `${stamp}${text}` };
}

function isOutput({ kind }: Happening): boolean {
  return kind === "message" || kind === "event" || kind === "answer";
}

function textOf(happening: Happening, { mode, hasColors, verbosity, hex }: OutputOptions): string | undefined {
  const { blue, dim, green, red, yellow } = createColors(hasColors);
  const isPretty = mode === "pretty";
  switch (happening.kind) {
    case "message": {
      if (happening.direction === "sent" && (isPretty || verbosity === 0)) return undefined; // who types sees it; a script knows
      const { direction, data, from } = happening;
      const shown = typeof data === "string" ? { text: escapeText(data), encoding: "utf-8" } : showBytes(data, hex);
      const opcode = verbosity > 0 ? `${typeof data === "string" ? "text" : "binary"}: ` : "";
      const label = shown.encoding === "utf-8" || (shown.encoding === "hex" && !isPretty) ? "" : `[${shown.encoding}] `;
      const arrow = isPretty ? (direction === "sent" ? "> " : "< ") : "";
      const before = `${opcode}${label}${from === undefined ? "" : `${from} `}`;
      return `${arrow}${before === "" ? "" : dim(before)}${isPretty ? blue(shown.text) : shown.text}`;
    }
    case "event": {
      if (happening.direction === "sent") return undefined;
      const words = [isPretty ? blue(escapeText(happening.event)) : escapeText(happening.event), showValues(happening.args)].filter((word) => word !== "").join(" ");
      return isPretty ? `< ${words}${happening.wantsAnswer ? dim(" (/answer …)") : ""}` : words;
    }
    case "answer": {
      if (happening.direction === "sent") return undefined;
      const values = showValues(happening.args);
      return isPretty ? `< ${dim(`answer after ${happening.afterMs?.toFixed(1) ?? "?"} ms`)}${values === "" ? "" : ` ${values}`}` : values;
    }
    case "control": return verbosity > 0 ? dim(`${happening.direction === "sent" ? ">" : "<"} ${happening.name}: ${showBytes(happening.payload, hex).text}`) : undefined;
    case "open": return isPretty ? green(escapeText(connectedTo(happening))) : undefined;
    case "closed": return isPretty || verbosity > 0 ? yellow(`closed ${happening.code}${happening.reason === "" ? "" : ` ${escapeText(happening.reason)}`}`) : undefined;
    case "disconnected": return isPretty || verbosity > 0 ? yellow(`disconnected: ${escapeText(happening.reason)}`) : undefined;
    case "info": return isPretty ? dim(escapeText(happening.text)) : escapeText(happening.text);
    case "trace": return dim(escapeText(happening.text));
    case "error": return red(escapeText(happening.text));
  }
}

function connectedTo({ url, protocol = "", extensions = "", namespace = "", transport = "", id = "" }: Open): string {
  const details: readonly (readonly [string, string])[] = [["namespace ", namespace], ["as ", id], ["over ", transport], ["subprotocol ", protocol], ["", extensions]];
  return [`connected to ${url}`, ...details.filter(([, value]) => value !== "").map(([label, value]) => label + value)].join(", ");
}

function jsonOf(happening: Happening): object {
  switch (happening.kind) {
    case "message": {
      const { kind, direction, data, from } = happening;
      const body = typeof data === "string" ? { type: "text", data } : { type: "binary", base64: Buffer.from(data).toString("base64") };
      return { kind, direction, ...(from === undefined ? {} : { from }), ...body };
    }
    case "control": return { kind: happening.name, direction: happening.direction, base64: Buffer.from(happening.payload).toString("base64") };
    case "event": case "answer": return { ...happening, args: withBase64(happening.args) };
    case "open": case "closed": case "disconnected": case "info": case "trace": case "error": return happening;
  }
}
