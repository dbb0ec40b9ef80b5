/**
 * The exchange's control interface: `GET /control` tells the faults, `POST /control` changes some of them.
 *
 * Room: exchange. For programs on this machine: pages are refused, those that say where they come from, and those that call this machine by
 * a name of their own.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type HostCheck, UNKNOWN_HOST } from "@x/app-base/hosts";
import { controlSchema, type Control, type Faults } from "../shared/protocol.js";

const MAX_BODY_BYTES = 1_024;

export interface ControlTarget {
  readonly faults: Faults;
  readonly isKnownHost: HostCheck;
  control(change: Control): void;
}

export async function answerControl(request: IncomingMessage, response: ServerResponse, target: ControlTarget): Promise<void> {
  const [statusCode, body] = await replyTo(request, target);
  response.writeHead(statusCode, { "Content-Type": "application/json", "Cache-Control": "no-store", ...(statusCode === 200 ? {} : { Connection: "close" }) });
  response.end(JSON.stringify(body));
}

async function replyTo(request: IncomingMessage, target: ControlTarget): Promise<[statusCode: number, body: object]> {
  if (!target.isKnownHost(request.headers.host)) return [403, { error: UNKNOWN_HOST }];
  if (request.url !== "/control") return [404, { error: "Nothing is here" }];
  if (request.headers.origin !== undefined) return [403, { error: "Not for pages" }];
  if (request.method === "GET") return [200, target.faults];
  if (request.method !== "POST") return [405, { error: "GET or POST" }];
  const change = await bodyOf(request);
  if (change === undefined) return [400, { error: "Not a change of faults" }];
  target.control(change);
  return [200, target.faults];
}

/** @returns `undefined` for what is too long, not JSON, or no change. */
async function bodyOf(request: IncomingMessage): Promise<Control | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
    const result = controlSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
