/**
 * From an event to an answer: rate limit, validation, the handler, and every failure as a kind typed refusal.
 *
 * Room: server/realtime. The one place where requests are refused; handlers throw {@link RequestRefused}.
 */
import type { Logger } from "pino";
import { TokenBucket } from "@x/app-base/token-bucket";
import { type Answer, type Answers, type Refusal, type RequestData, type RequestName, requests } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import { RequestRefused } from "../storage/refused.js";

export type Handlers = { readonly [Name in RequestName]: (data: RequestData<Name>) => Promise<Answers[Name]> };

/** What answering needs of a connection. */
export interface EventSource {
  on(event: RequestName, listener: (...args: unknown[]) => void): unknown;
}

/** Connects handlers to one connection. Requests without an answer callback are served too: nothing may crash for its lack. */
export function answerRequests(source: EventSource, handlers: Handlers, logger: Logger, nowMs: () => number = () => performance.now()): void {
  const bucket = new TokenBucket({ burst: limits.requestBurst, perSecond: limits.requestsPerSecond }, nowMs());
  const serve = async <Name extends RequestName>(name: Name, input: unknown): Promise<Answer<Answers[Name]>> => {
    try {
      const retryAfterMs = bucket.take(nowMs());
      if (retryAfterMs > 0) throw new RequestRefused("rate-limited", { retryAfterMs });
      return { ok: true, value: await handlers[name](parse(name, input)) };
    } catch (error) {
      return { ok: false, error: toRefusal(error, name, logger) };
    }
  };
  for (const name of Object.keys(requests) as RequestName[]) {
    source.on(name, (...args) => {
      const answer = args.at(-1);
      const reply = typeof answer === "function" ? (answer as (value: unknown) => void) : undefined;
      void serve(name, typeof args[0] === "function" ? undefined : args[0]).then((value) => reply?.(value))
        .catch((error: unknown) => { logger.debug({ err: error, request: name }, "Answer could not be sent"); });
    });
  }
}

/** The schema's output type belongs to the name; TypeScript cannot follow that through the table. */
function parse<Name extends RequestName>(name: Name, input: unknown): RequestData<Name> {
  const result = requests[name].safeParse(input);
  if (result.success) return result.data as RequestData<Name>;
  const [issue] = result.error.issues;
  throw new RequestRefused("invalid", { message: issue === undefined ? "Is invalid" : explain(String(issue.path[0] ?? ""), issue.message) });
}

function explain(field: string, problem: string): string {
  if (field === "text") return `A message has 1 to ${limits.messageChars} characters.`;
  if (field === "name") return `A room's name has ${limits.roomNameChars.min} to ${limits.roomNameChars.max} visible characters.`;
  if (field === "topic") return `A topic has at most ${limits.topicChars} visible characters.`;
  return `That does not look right${field === "" ? "" : ` (${field})`}: ${problem}`;
}

function toRefusal(error: unknown, request: string, logger: Logger): Refusal {
  if (error instanceof RequestRefused) return error.toRefusal();
  logger.error({ err: error, request }, "Request failed");
  return new RequestRefused("internal").toRefusal();
}
