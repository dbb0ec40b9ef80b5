import { connect, serve } from "@x/socketio";
import { bySid } from "@x/socketio/by-sid";

await using io = await serve({ host: "127.0.0.1", onError: (error) => console.log((error as Error).message) });
const sio = bySid(io);
sio.on("connect", (sid, _request, auth) => sio.saveSession(sid, { name: String(auth["name"]), orders: 0 }));
sio.on("order", (sid, price: number) => sio.session(sid, (session) => {
  session["orders"] = Number(session["orders"]) + 1;
  if (price < 0) throw new Error("Nobody pays you"); // what the block changed is not kept
}));
sio.on("bill", (sid) => sio.getSession(sid));

const socket = await connect(io.url ?? "", { auth: { name: "Ada" } });
await socket.emitWithAck("order", 5);
socket.emit("order", -7);
console.log(await socket.emitWithAck("bill"));
socket.disconnect();
// prints: Nobody pays you
// prints: { name: 'Ada', orders: 1 }
