/**
 * Flags as the command line gives them, and the options that they stand for.
 */
import { readFileSync } from "node:fs";
import { enableTrace, type ConnectOptions } from "@x/simple-ws/client";
import { InvalidArgumentError } from "commander";
import type { ConversationFlags } from "./conversation.js";
import type { BinaryInput } from "./input.js";
import type { OutputOptions } from "./output.js";
import type { Streams, Terminal } from "./terminal.js";

/** Of every command that prints. */
export interface OutputFlags {
  readonly verbose: number;
  readonly raw?: boolean;
  readonly json?: boolean;
  readonly timings?: boolean;
  readonly hex?: boolean;
}

/** What every client may be told: the request, the way there, and limits. Times are seconds. */
export interface LinkFlags extends OutputFlags {
  readonly headers?: string;
  readonly header: readonly string[];
  readonly origin?: string;
  readonly host?: string;
  readonly cookie?: string;
  readonly proxy?: string;
  readonly nocert?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly compress?: boolean;
  readonly maxMessage?: number;
  readonly maxRedirects?: number;
}

export interface ConnectFlags extends LinkFlags, ConversationFlags {
  readonly subprotocols?: readonly string[];
  readonly binary?: BinaryInput;
  readonly ping?: number;
  readonly pingTimeout?: number;
  readonly timeout?: number;
  readonly reconnect?: boolean;
}

export function outputOptions({ verbose, raw = false, json = false, timings = false, hex = false }: OutputFlags, { stdout, env }: Streams): OutputOptions {
  const isTerminal = stdout.isTTY === true;
  const wantsColors = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0";
  return {
    mode: json ? "json" : raw || !isTerminal ? "plain" : "pretty",
    hasColors: !raw && !json && env["NO_COLOR"] === undefined && (isTerminal || wantsColors),
    timings,
    verbosity: verbose,
    hex,
  };
}

/** @throws {InvalidArgumentError} a file cannot be read, or a header is none. */
export function connectOptions(flags: ConnectFlags, terminal: Terminal): ConnectOptions {
  const { subprotocols, ping, pingTimeout, timeout } = flags;
  return {
    ...linkOptions(flags, terminal),
    ...(subprotocols === undefined ? {} : { subprotocols }),
    ...(ping === undefined ? {} : { pingIntervalMs: ping * 1_000 }),
    ...(pingTimeout === undefined ? {} : { pingTimeoutMs: pingTimeout * 1_000 }),
    ...(timeout === undefined ? {} : { connectTimeoutMs: timeout * 1_000, handshakeTimeoutMs: timeout * 1_000 }),
  };
}

type LinkOptions = Pick<ConnectOptions, "headers" | "tls" | "perMessageDeflate" | "proxy" | "origin" | "cookie" | "host" | "maxMessageBytes" | "maxRedirects" | "trace">;

/** Options that WebSockets and Engine.IO's transports share. @throws {InvalidArgumentError} a file cannot be read, or a header is none. */
export function linkOptions(flags: LinkFlags, terminal: Terminal): LinkOptions {
  const { proxy, origin, cookie, host, maxMessage, maxRedirects } = flags;
  return {
    headers: headersOf(flags),
    tls: tlsOf(flags),
    perMessageDeflate: flags.compress ?? false,
    ...(proxy === undefined ? {} : { proxy }),
    ...(origin === undefined ? {} : { origin }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(host === undefined ? {} : { host }),
    ...(maxMessage === undefined ? {} : { maxMessageBytes: maxMessage }),
    ...(maxRedirects === undefined ? {} : { maxRedirects }),
    ...(flags.verbose < 2 ? {} : { trace: enableTrace({ debug: (text) => terminal.tell({ kind: "trace", text }) }) }),
  };
}

/** `--headers "A: 1,B: 2"` as wsdump has it, and `-H "Name: value"`, whose value may hold commas. */
function headersOf({ headers, header }: LinkFlags): readonly string[] {
  const all = [...(headers?.split(",").map((one) => one.trim()) ?? []), ...header];
  for (const line of all) if (!/^[^:\s]+:/.test(line)) throw new InvalidArgumentError(`Header ${JSON.stringify(line)} must read "Name: value"`);
  return all;
}

function tlsOf({ nocert, ca, cert, key, passphrase, servername }: LinkFlags): NonNullable<ConnectOptions["tls"]> {
  return {
    ...(nocert === true ? { rejectUnauthorized: false } : {}),
    ...(ca === undefined ? {} : { ca: read(ca) }),
    ...(cert === undefined ? {} : { cert: read(cert) }),
    ...(key === undefined ? {} : { key: read(key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
  };
}

export function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InvalidArgumentError(`Cannot read ${file}: ${error instanceof Error ? error.message : ""}`);
  }
}

/** A parser of numbers for commander. */
export function number(least: number, most = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most)) throw new InvalidArgumentError(`must be a number from ${least}${most === Infinity ? "" : ` to ${most}`}`);
    return value;
  };
}
