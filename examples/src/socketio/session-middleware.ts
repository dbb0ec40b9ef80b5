import { createServer } from "node:http";
import { connect, Server } from "@x/socketio";
import express from "express";
import session, { type SessionData } from "express-session";

declare module "express-session" { interface SessionData { name: string } }

const sessions = session({ secret: "keyboard cat", resave: false, saveUninitialized: false });
const app = express().use(sessions);
app.post("/login", (request, response) => {
  request.session.name = "Ada";
  response.end();
});
const http = createServer(app);
const io = new Server(http);
io.engine.use((request, response, next) => void sessions(request as express.Request, response as express.Response, next)); // the same, for pages and sockets
io.on("connection", (socket) => {
  const { name = "stranger" } = (socket.request as unknown as { session: Partial<SessionData> }).session;
  socket.on("greet", (answer: (text: string) => void) => answer(`hello ${name}`));
});
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

const url = io.url ?? "";
const login = await fetch(`${url}/login`, { method: "POST" });
const [cookie = ""] = login.headers.getSetCookie().map((one) => one.split(";", 1)[0]);
for (const extraHeaders of [{}, { cookie }]) {
  const socket = await connect(url, { extraHeaders, forceNew: true });
  console.log(await socket.emitWithAck("greet"));
  socket.disconnect();
}
await io.close();
// prints: hello stranger
// prints: hello Ada
