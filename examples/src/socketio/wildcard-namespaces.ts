import { connect, serve } from "@x/socketio";
import { bySid } from "@x/socketio/by-sid";

await using io = await serve({ host: "127.0.0.1" });
const sio = bySid(io, { namespaces: "*" }); // clients may ask for any
sio.on("connect", (namespace: unknown, _sid) => namespace !== "/forbidden", { namespace: "*" });
sio.on("*", (event, namespace: unknown) => `${event} in ${String(namespace)}`, { namespace: "*" });

for (const name of ["/one", "/two"]) {
  const socket = await connect(`${io.url ?? ""}${name}`);
  console.log(await socket.emitWithAck("hello"));
  socket.disconnect();
}
await connect(`${io.url ?? ""}/forbidden`).catch((error: unknown) => console.log((error as Error).name));
// prints: hello in /one
// prints: hello in /two
// prints: ConnectionRefusedError
