/**
 * The operator's settings: environment variables in, one complete record out. Room: the program.
 *
 * Every mistake is reported at once, by variable, with what was expected.
 */
import { z } from "zod";
import { StartError } from "@x/app-base/start-error";

export interface Config {
  readonly host: string;
  /** Of the page and its feed; 0 lets the system choose. */
  readonly port: number;
  /** Of the exchange. */
  readonly exchangePort: number;
  /** Another exchange than our own. */
  readonly exchangeUrl: string | undefined;
  /** The address users type, where it is a name; a server does not answer to names that it does not know. */
  readonly publicUrl: URL | undefined;
  /** Tells all prices. */
  readonly seed: number;
  /** How much faster than ours the exchange's time goes. */
  readonly speed: number;
}

const port = z.string().regex(/^\d{1,5}$/u, "must be a number").transform(Number).pipe(z.number().max(65_535, "must be at most 65535"));

const schema = z.object({
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: port.default(3_100),
  EXCHANGE_PORT: port.default(3_101),
  EXCHANGE_URL: z.url({ protocol: /^wss?$/u, error: "must be a ws:// or wss:// address" }).optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/u, error: "must be an http:// or https:// address" }).transform((url) => new URL(url)).optional(),
  SEED: z.string().regex(/^\d{1,9}$/u, "must be a number").transform(Number).default(1),
  SPEED: z.string().regex(/^(?:[1-9]|1\d|20)$/u, "must be a number from 1 to 20").transform(Number).default(1),
});

/** Empty variables count as unset. @throws {StartError} listing all mistakes, a line each. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const result = schema.safeParse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== "")));
  if (!result.success) throw new StartError(["Cannot start:", ...result.error.issues.map(({ path, message }) => `  ${String(path[0])} ${message}`)].join("\n"));
  const { HOST, PORT, EXCHANGE_PORT, EXCHANGE_URL, PUBLIC_URL, SEED, SPEED } = result.data;
  return { host: HOST, port: PORT, exchangePort: EXCHANGE_PORT, exchangeUrl: EXCHANGE_URL, publicUrl: PUBLIC_URL, seed: SEED, speed: SPEED };
}
