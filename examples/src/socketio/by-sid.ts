import { connect, serve } from "@x/socketio";
import { bySid } from "@x/socketio/by-sid";

await using io = await serve({ host: "127.0.0.1" });
const sio = bySid(io);
sio.on("connect", async (sid, _request, auth) => {
  await sio.session(sid, (session) => {
    session["name"] = String(auth["name"]);
  });
  await sio.enterRoom(sid, "lobby");
});
sio.on("hello", (sid) => {
  sio.emit("said", "hello", { room: "lobby", skipSid: sid });
  return `Hello, ${sio.getSession(sid)["name"]}`; // is the acknowledgement
});
sio.on("*", (event, _sid, ...args) => console.log(event, args));

const socket = await connect(io.url ?? "", { auth: { name: "Ada" } });
console.log(await socket.emitWithAck("hello"));
await socket.emitWithAck("whatever", 1, 2);
socket.disconnect();
// prints: Hello, Ada
// prints: whatever [ 1, 2 ]
