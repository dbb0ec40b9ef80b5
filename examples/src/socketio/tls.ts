import { once } from "node:events";
import { createServer } from "node:https";
import { connect, ConnectionError, Server } from "@x/socketio";
import { generate } from "selfsigned";

const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], { // yours come from an authority
  keyType: "ec",
  extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
});

const http = createServer({ key, cert });
const io = new Server(http);
io.on("connection", (socket) => {
  socket.on("who am I", (answer: (text: string) => void) => answer(socket.handshake.secure ? "somebody over TLS" : "somebody"));
});
await once(http.listen(0, "127.0.0.1"), "listening");
console.log(io.url?.replace(/\d+$/, "…"));

await connect(io.url ?? "", { reconnection: false }).catch((error: unknown) => console.log(error instanceof ConnectionError && error.code));
const socket = await connect(io.url ?? "", { forceNew: true, ca: cert }); // or NODE_EXTRA_CA_CERTS
console.log(await socket.emitWithAck("who am I"));
socket.disconnect();
await io.close();
// prints: https://127.0.0.1:…
// prints: socketio/connection-failed
// prints: somebody over TLS
