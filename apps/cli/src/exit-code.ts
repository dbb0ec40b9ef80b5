/**
 * How the program ends, and what its last words advise.
 */
import type { CloseInfo } from "@x/simple-ws/client";

/** Documented in the README and in `--help`. */
export const ExitCode = {
  clean: 0,
  failure: 1,
  usage: 2,
  unreachable: 3,
  refused: 4,
  tls: 5,
  proxy: 6,
  timeout: 7,
  closed: 8,
  protocol: 9,
  brokenPipe: 141,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** A failure of `connect` or of options, in words for a person. */
export interface Verdict {
  readonly exitCode: ExitCode;
  readonly message: string;
}

export function verdictOf(error: unknown): Verdict {
  const chain = causesOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const code = chain.map(({ code }) => code).find((one) => one !== undefined) ?? "";
  const systemCode = chain.map(({ details, code: own }) => details?.systemCode ?? (/^[A-Z][A-Z0-9_]+$/.test(own ?? "") ? own : undefined)).find((one) => one !== undefined) ?? "";
  const phase = chain.map(({ details }) => details?.phase).find((one) => one !== undefined);
  const has = (...names: string[]): boolean => chain.some(({ name }) => names.includes(name ?? ""));
  if (/\/(?:invalid-(?:option|argument|url)|reserved-event|too-deep)$/.test(code)) return { exitCode: ExitCode.usage, message };
  if (has("WebSocketProxyException")) return { exitCode: ExitCode.proxy, message: advise(message, chain.some((one) => one.stage === "auth") && "give credentials in the proxy's URL: -p http://user:password@host:port") };
  if (has("WebSocketTimeoutException", "TimeoutError") || code.endsWith("-timeout")) return { exitCode: ExitCode.timeout, message: advise(message, "--timeout gives it longer") };
  if (has("WebSocketBadStatusException", "ConnectionRefusedError", "BadNamespaceError") || statusOf(chain) !== undefined) return { exitCode: ExitCode.refused, message: advise(`${message}${bodyOf(chain)}`, statusAdvice(chain)) };
  if (phase === "tls" || /CERT|TLS|SSL/.test(systemCode)) return { exitCode: ExitCode.tls, message: advise(message, /SELF_SIGNED|UNABLE_TO|CERT|ALTNAME/.test(systemCode) && "--ca names a certificate to trust, -n trusts any") };
  if (has("WebSocketProtocolException")) return { exitCode: ExitCode.protocol, message: advise(message, "is there a WebSocket at this address?") };
  return { exitCode: ExitCode.unreachable, message: advise(message, systemCode === "ECONNREFUSED" && "is the server running, and the port right?") };
}

/** How a connection ended. */
export function exitCodeOf({ code, wasClean }: CloseInfo, wasAsked: boolean): ExitCode {
  if (wasAsked || (wasClean && (code === 1000 || code === 1001 || code === 1005))) return ExitCode.clean;
  if (code === 1002 || code === 1007 || code === 1009) return ExitCode.protocol;
  return ExitCode.closed;
}

interface Link {
  readonly name?: string;
  readonly code?: string;
  readonly stage?: string;
  readonly httpStatus?: number | undefined;
  readonly body?: unknown;
  /** What a Socket.IO server says beside its refusal. */
  readonly errorArgs?: { readonly data?: unknown };
  readonly details?: { readonly systemCode?: string; readonly phase?: string };
  readonly cause?: unknown;
}

function causesOf(error: unknown): readonly Link[] {
  const chain: Link[] = [];
  for (let at = error; typeof at === "object" && at !== null && chain.length < 8; at = (at as Link).cause) chain.push(at);
  return chain;
}

function statusAdvice(chain: readonly Link[]): string | false {
  switch (statusOf(chain)) {
    case 301: case 302: case 303: case 307: case 308: return "--max-redirects follows it";
    case 401: case 403: return "-H 'Authorization: …' and -o ORIGIN are what servers usually ask for";
    case 404: return "is the path right?";
    default: return false;
  }
}

function statusOf(chain: readonly Link[]): number | undefined {
  return chain.map(({ httpStatus }) => httpStatus).find((status) => status !== undefined);
}

function bodyOf(chain: readonly Link[]): string {
  const body = chain.map((link) => link.body ?? link.errorArgs?.data).find((one) => one !== undefined && one !== "");
  return body === undefined ? "" : `: ${(typeof body === "string" ? body.trim() : JSON.stringify(body)).slice(0, 300)}`;
}

function advise(message: string, advice: string | false): string {
  return advice === false ? message : `${message} (${advice})`;
}
