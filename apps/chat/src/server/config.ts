/**
 * The operator's settings: environment variables in, one complete record out.
 *
 * Room: server. Every mistake is reported at once, by variable, with what was expected.
 */
import { resolve } from "node:path";
import { z } from "zod";
import { StartError } from "@x/app-base/start-error";

export interface Config {
  /** TCP port; 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** Absolute folder of the embedded database and the generated session secret. */
  readonly dataFolder: string;
  /** postgres:// address; undefined means the embedded database. */
  readonly databaseUrl: string | undefined;
  /** Sign sessions with the first, accept all: put a new one in front to rotate. Empty means one is generated and kept. */
  readonly sessionSecrets: readonly string[];
  /** The address users type, when a proxy stands in front; https makes cookies Secure. */
  readonly publicUrl: URL | undefined;
  /** Believe the last address in X-Forwarded-For (only behind a proxy that sets it). */
  readonly trustProxy: boolean;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
}

const SECRET_CHARS = 32;

const schema = z.object({
  PORT: z.string().regex(/^\d{1,5}$/u, "must be a number").transform(Number).pipe(z.number().max(65_535, "must be at most 65535")).default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  DATA_DIR: z.string().min(1).default(".data/chat"),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//u, "must start with postgres://").optional(),
  SESSION_SECRET: z.string().transform((list) => list.split(",").map((secret) => secret.trim()))
    .pipe(z.array(z.string().min(SECRET_CHARS, `must have at least ${SECRET_CHARS} characters; make one with: openssl rand -base64 48`))).default([]),
  PUBLIC_URL: z.url({ protocol: /^https?$/u, error: "must be an http:// or https:// address" }).transform((url) => new URL(url)).optional(),
  TRUST_PROXY: z.enum(["0", "1", "false", "true"], "must be 1 or 0").transform((text) => text === "1" || text === "true").default(false),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], "must be fatal, error, warn, info, debug, trace or silent").default("info"),
});

/** Empty variables count as unset; relative folders start where the user typed the command. @throws {StartError} listing all mistakes, a line each. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>, workingFolder: string = process.cwd()): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""));
  const result = schema.safeParse(given);
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => `  ${String(path[0])} ${message}`);
    throw new StartError(`Cannot start: ${lines.length === 1 ? "a setting is" : "settings are"} wrong\n${[...new Set(lines)].join("\n")}`);
  }
  const { data } = result;
  return {
    port: data.PORT,
    host: data.HOST,
    dataFolder: resolve(environment["INIT_CWD"] ?? workingFolder, data.DATA_DIR),
    databaseUrl: data.DATABASE_URL,
    sessionSecrets: data.SESSION_SECRET,
    publicUrl: data.PUBLIC_URL,
    trustProxy: data.TRUST_PROXY,
    logLevel: data.LOG_LEVEL,
  };
}
