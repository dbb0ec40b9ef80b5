/**
 * Errors as entries of a structured log, for any logger of pino's shape.
 *
 * Room: errors. Entries are bounded, escaped and free of secrets.
 */
import { describeError, describeRecord, isObject } from "./description.js";
import { callSafely } from "./handlers.js";
import { safeText } from "./safe-text.js";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogMethod = (entry: object, message: string) => unknown;

/** What is used of a logger; pino's, winston-compatible wrappers and `console` fit. */
export type StructuredLogger = Readonly<Record<LogLevel, LogMethod>>;

export interface ErrorLogEntry {
  /** ISO 8601. */
  readonly timestamp: string;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly code: string | undefined;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Levels by code or class name; the code goes first. */
export type LogLevels = Readonly<Record<string, LogLevel>>;

export interface ErrorLoggerOptions {
  /** Where entries go: pino, or anything with its methods. */
  readonly logger: StructuredLogger;
  /** Adds to and overrides {@link DEFAULT_LEVELS}. What is in neither is `error`. */
  readonly levels?: LogLevels | undefined;
  /** Part of every entry's context. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Time of day in milliseconds since 1970. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined;
}

/** Ends of connections and refused input are everyday events. */
export const DEFAULT_LEVELS: LogLevels = {
  ConnectionClosed: "warn",
  ConnectionClosedError: "warn",
  ContentTooLongError: "warn",
  DisconnectedError: "warn",
  SocketIsClosedError: "warn",
  WebSocketConnectionClosedException: "warn",
};

/** Writes one entry, and at level `debug` a second one with stack and causes where the first is an `error`.
 *  @returns the entry. */
export type LogError = (error: unknown, context?: Readonly<Record<string, unknown>>) => ErrorLogEntry;

/** @returns a function that logs what it is given. It never throws: what the logger throws is reported as a last resort. */
export function createErrorLogger(options: ErrorLoggerOptions): LogError {
  const { logger, wallNow = Date.now } = options;
  const levels = new Map(Object.entries({ ...DEFAULT_LEVELS, ...options.levels }));
  return (error, context = {}) => {
    const description = describeError(error);
    const entry: ErrorLogEntry = {
      timestamp: new Date(wallNow()).toISOString(),
      errorType: textOf(description["name"]) ?? "Object",
      errorMessage: textOf(description["message"]) ?? "",
      code: textOf(description["code"]),
      context: describeRecord({ ...options.context, ...context }),
    };
    const level = levels.get(entry.code ?? "") ?? levels.get(entry.errorType) ?? "error";
    const text = `${entry.errorType}: ${entry.errorMessage}`;
    callSafely(() => logger[level](entry, text), []);
    if (level === "error") callSafely(() => logger.debug({ ...entry, error: description, stack: stackOf(error) }, text), []);
    return entry;
  };
}

const MAX_STACK_LINES = 32;

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function stackOf(error: unknown): readonly string[] {
  const stack = isObject(error) ? error["stack"] : undefined;
  return typeof stack === "string" ? stack.split("\n", MAX_STACK_LINES).map((line) => safeText(line, 256)) : [];
}
