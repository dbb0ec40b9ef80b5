import { createServer } from "node:http";
import { join } from "node:path";
import { Server } from "@x/engineio";
import { staticFiles } from "@x/engineio/static";
import { build } from "esbuild";

const { outputFiles } = await build({
  stdin: { contents: 'export { connect } from "@x/engineio/client";', resolveDir: import.meta.dirname },
  bundle: true, minify: true, format: "esm", write: false,
  conditions: ["@x/source"], // only in this repository: the sources instead of what is published
});
const files = staticFiles({ "/": join(import.meta.dirname, "public/") });
const http = createServer((request, response) => {
  if (request.url === "/engine.io.js") response.writeHead(200, { "Content-Type": "text/javascript" }).end(outputFiles[0]?.contents);
  else files(request, response);
});
const engine = new Server().attach(http);
engine.on("connection", (socket) => socket.on("message", () => socket.send("pong")));
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

for (const path of ["/", "/engine.io.js"]) { // open the first in a browser
  const answer = await fetch(engine.url + path);
  console.log(answer.status, answer.headers.get("content-type"), (await answer.text()).includes("connect"));
}
await engine.close();
http.close();
http.closeAllConnections();
// prints: 200 text/html; charset=utf-8 true
// prints: 200 text/javascript true
