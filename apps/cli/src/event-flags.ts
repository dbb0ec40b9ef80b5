/**
 * Flags of `xws io` and `xws eio`, and the options that they stand for.
 */
import { InvalidArgumentError } from "commander";
import type { ConversationFlags } from "./conversation.js";
import { linkOptions, type LinkFlags } from "./flags.js";
import type { BinaryInput } from "./input.js";
import type { Terminal } from "./terminal.js";

export interface EngineFlags extends LinkFlags, ConversationFlags {
  readonly path?: string;
  readonly transports?: readonly ("polling" | "websocket")[];
  readonly query: readonly string[];
  readonly timeout?: number;
  readonly binary?: BinaryInput;
}

export interface SocketFlags extends EngineFlags {
  readonly namespace?: string;
  readonly auth?: string;
  readonly ask?: boolean;
  readonly askTimeout: number;
  readonly reconnect?: boolean;
}

/** `host:port` is http; ws and wss are as good as http and https. @throws {InvalidArgumentError} it is none of these. */
export function httpUrlOf(url: string): URL {
  const text = url.includes("://") ? url.replace(/^ws(s?):/i, "http$1:") : `http://${url}`;
  if (!/^https?:/i.test(text) || !URL.canParse(text)) throw new InvalidArgumentError("The URL must read http(s)://host[:port]/…, ws(s)://host[:port]/…, or host:port");
  return new URL(text);
}

type EngineOptions = ReturnType<typeof linkOptions> & {
  readonly query: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly transports?: readonly ("polling" | "websocket")[];
  readonly connectTimeout?: number;
};

/** @throws {InvalidArgumentError} a file cannot be read, or a header or parameter is none. */
export function engineOptions(flags: EngineFlags, terminal: Terminal): EngineOptions {
  const { path, transports, timeout } = flags;
  return {
    ...linkOptions(flags, terminal),
    query: Object.fromEntries(flags.query.map(parameterOf)),
    ...(path === undefined ? {} : { path }),
    ...(transports === undefined ? {} : { transports }),
    ...(timeout === undefined ? {} : { connectTimeout: timeout * 1_000 }),
  };
}

/** @throws {InvalidArgumentError} it is no JSON object. */
export function authOf({ auth }: SocketFlags): Record<string, unknown> | undefined {
  if (auth === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(auth);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new InvalidArgumentError("--auth must be a JSON object, such as '{\"token\":\"…\"}'");
}

function parameterOf(text: string): readonly [string, string] {
  const [, name, value] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError(`Parameter ${JSON.stringify(text)} must read name=value`);
  return [name, value];
}
