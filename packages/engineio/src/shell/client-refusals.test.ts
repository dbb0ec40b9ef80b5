/** Servers that refuse, are not there, or speak otherwise: what the client says of them, on Node and as browsers run it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { next, ok, openWire, scripted, serve } from "../../test/http.js";
import * as node from "../client.js";
import * as web from "../client.web.js";

const platforms = [
  { platform: "node", connect: node.connect, Socket: node.Socket },
  { platform: "web", connect: web.connect, Socket: web.Socket },
];

describe.each(platforms)("client on $platform", ({ connect, Socket }) => {
  test("a refusal rejects connect() with status and the server's JSON", async () => {
    const { url } = await serve({ allowRequest: (_request, callback) => callback("no entry", false) });
    await expect(connect(url)).rejects.toMatchObject({ name: "ConnectionError", httpStatus: 403, body: { code: 4, message: "no entry" }, retryable: false });
  });

  test("no server: connect() rejects, with the cause", async () => {
    const { url } = await scripted();
    const port = Number(new URL(url).port);
    const gone = `http://127.0.0.1:${port === 65_535 ? 1 : port + 1}`;
    await expect(connect(gone, { transports: ["polling"] })).rejects.toMatchObject({ name: "ConnectionError", cause: { cause: expect.anything() as unknown } });
    await expect(connect(gone, { transports: ["websocket"] })).rejects.toMatchObject({ name: "ConnectionError" });
  });

  test("a refusal quotes the server's sentence, cut and escaped; another version of the protocol is for good", async () => {
    const refuse = (status: number, body: unknown) => (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(status).end(JSON.stringify(body));
    const { url } = await scripted(refuse(400, { code: 5, message: "Unsupported protocol version" }), refuse(400, { code: 3, message: `a\n"${"x".repeat(200)}` }), refuse(500, null));
    await expect(connect(url)).rejects.toMatchObject({ code: "engineio/connection-refused", retryable: false, message: 'Request refused: the server answered with status 400: "Unsupported protocol version"' });
    await expect(connect(url)).rejects.toMatchObject({ retryable: true, message: `Request refused: the server answered with status 400: "a\\n\\"${"x".repeat(125)}"` });
    await expect(connect(url)).rejects.toMatchObject({ retryable: true, message: "Request refused: the server answered with status 500" });
  });

  test("a server that breaks the protocol over polling is told CLOSE", async () => {
    const posted = next<string>((done) => {
      const http = scripted(ok(openWire()), ok("x"), (request) => {
        request.setEncoding("utf8").on("data", (body: string) => done(`${String(request.method)} ${body}`));
      });
      void http.then(({ url }) => new Socket(url, { transports: ["polling"] }).on("close", (reason) => expect(reason).toBe("parse error")));
    });
    expect(await posted).toBe("POST 1");
  });
});
