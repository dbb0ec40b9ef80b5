import { connect, serve } from "@x/socketio";

interface ToServer {
  add(a: number, b: number, answer: (sum: number) => void): void;
}
interface ToClient {
  sums(count: number): void;
  confirm(question: string, answer: (yes: boolean) => void): void;
}
interface Data {
  sums: number;
}

await using io = await serve<ToServer, ToClient, Record<string, never>, Data>({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.data.sums = 0;
  socket.on("add", async (a, b, answer) => {
    socket.data.sums += 1;
    if (await socket.timeout(10_000).emitWithAck("confirm", `${a} and ${b}?`)) answer(a + b);
    socket.emit("sums", socket.data.sums);
    // socket.emit("sums", "one") does not compile
  });
});

const socket = await connect<ToClient, ToServer>(io.url ?? "");
socket.on("confirm", (_question, answer) => answer(true));
const sums = new Promise<number>((resolve) => void socket.once("sums", resolve));
console.log(await socket.emitWithAck("add", 1, 2), await sums);
socket.disconnect();
// prints: 3 1
