/** The guide's private messages: users with names, sessions that outlive connections, and who is there. */
import { randomBytes } from "node:crypto";
import { Server } from "socket.io";
import { io as connect, type Socket } from "socket.io-client";

const sessions = new Map<string, { userID: string; username: string }>();
const randomId = () => randomBytes(8).toString("hex");
const io = new Server(0);

io.use((socket, next) => {
  const { sessionID, username } = socket.handshake.auth as { sessionID?: string; username?: string };
  const session = sessionID === undefined ? undefined : sessions.get(sessionID);
  if (session !== undefined) {
    socket.data = { sessionID, ...session };
    return next();
  }
  if (!username) return next(new Error("invalid username"));
  socket.data = { sessionID: randomId(), userID: randomId(), username };
  next();
});

io.on("connection", async (socket) => {
  const { sessionID, userID, username } = socket.data as { sessionID: string; userID: string; username: string };
  sessions.set(sessionID, { userID, username });
  socket.emit("session", { sessionID, userID });
  await socket.join(userID);
  const users = [...io.of("/").sockets.values()].map(({ data }) => (data as { username: string }).username);
  socket.emit("users", users);
  socket.broadcast.emit("user connected", username);
  socket.on("private message", ({ content, to }: { content: string; to: string }) => {
    socket.to(to).to(userID).emit("private message", { content, from: username });
  });
  socket.on("disconnect", async () => {
    const matching = await io.in(userID).fetchSockets();
    if (matching.length === 0) socket.broadcast.emit("user disconnected", username);
  });
});

const { port } = io.httpServer.address() as { port: number };
interface Session { sessionID: string; userID: string }
const once = <T>(socket: Socket, event: string) => new Promise<T>((resolve) => void socket.once(event, resolve));
const open = (auth: object) => connect(`http://localhost:${port}`, { auth, forceNew: true });
const follow = (socket: Socket, name: string) => socket.onAny((event: string, value: unknown) => {
  if (event !== "session") console.log(`${name}: ${event}`, value);
});

const nobody = open({ username: "" });
console.log("nobody:", (await once<Error>(nobody, "connect_error")).message, nobody.active);

const alice = open({ username: "alice" });
follow(alice, "alice");
const [aliceSession] = await Promise.all([once<Session>(alice, "session"), once(alice, "users")]);
const bob = open({ username: "bob" });
follow(bob, "bob");
const [bobSession] = await Promise.all([once<Session>(bob, "session"), once(bob, "users"), once(alice, "user connected")]);

const tab = open({ sessionID: bobSession.sessionID });
follow(tab, "bob's other tab");
const [tabSession] = await Promise.all([once<Session>(tab, "session"), once(tab, "users"), once(alice, "user connected"), once(bob, "user connected")]);
console.log("bob's other tab: same user", tabSession.userID === bobSession.userID);

const arrived = [once(bob, "private message"), once(tab, "private message")];
alice.emit("private message", { content: "psst", to: bobSession.userID });
await Promise.all(arrived);
const answered = [once(alice, "private message"), once(tab, "private message")];
bob.emit("private message", { content: "yes?", to: aliceSession.userID });
await Promise.all(answered);

tab.disconnect();
const gone = once(alice, "user disconnected");
bob.disconnect();
await gone;
alice.disconnect();
await io.close();
