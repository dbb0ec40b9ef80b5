/** The floor for long-polling: node:http taking a body and giving it back with the next GET of the same session, and no protocol. */
import { createServer, type ServerResponse } from "node:http";
import { listening, MAX_MESSAGE_BYTES, QUIET_MS, type Start } from "./contract.js";

const opened = (sid: string): string => `0${JSON.stringify({ sid, upgrades: [], pingInterval: QUIET_MS, pingTimeout: 20_000, maxPayload: MAX_MESSAGE_BYTES })}`;

export const start: Start = () => {
  const stored = new Map<string, string>();
  const server = createServer((request, response) => {
    const sid = request.url?.split("sid=")[1];
    if (sid === undefined) answer(response, opened(open(stored)));
    else if (request.method === "GET") answer(response, stored.get(sid) ?? "");
    else {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk)).on("end", () => {
        stored.set(sid, body);
        answer(response, "ok");
      });
    }
  });
  return listening(server);
};

function open(stored: Map<string, string>): string {
  const sid = `s${stored.size}`;
  stored.set(sid, "");
  return sid;
}

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, { "Content-Type": "text/plain; charset=UTF-8", "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}
