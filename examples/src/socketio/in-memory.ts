import { Server } from "@x/socketio/server";
import { ManualClock, memoryNetwork } from "@x/socketio/testing";

const clock = new ManualClock();
const io = new Server({ clock });
io.on("connection", (socket) => {
  socket.on("say", (text: string) => void socket.broadcast.emit("said", text)); // what is to be tested
  socket.on("disconnect", (reason) => console.log(`server: ${reason}`));
});

await using network = memoryNetwork(io, { clock });
const [ada, bob] = [network.client(), network.client()];
bob.on("said", (text: string) => console.log(text));
await network.settle();
ada.emit("say", "hello");
await network.settle();

network.cut();
console.log(ada.connected);
clock.advance(2_000); // both come back
await network.settle();
console.log(ada.connected);
// prints: hello
// prints: server: transport error
// prints: server: transport error
// prints: false
// prints: true
// prints: server: client namespace disconnect
// prints: server: client namespace disconnect
