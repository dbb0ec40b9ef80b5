import { connect, DisconnectedError, serve, TimeoutError } from "@x/socketio";

let report: (line: string) => void = console.error;
const reported = new Promise<string>((resolve) => (report = resolve));
await using io = await serve({
  host: "127.0.0.1",
  onError: (error, { event, namespace }) => report(`${String(event)} in ${String(namespace)}: ${(error as Error).message}`),
});
io.on("connection", (socket) => {
  socket.on("crash", async () => {
    await Promise.resolve();
    throw new Error("The database is away");
  });
  socket.on("leave me", () => void socket.disconnect());
});

const socket = await connect(io.url ?? "");
await socket.timeout(50).emitWithAck("crash").catch(async (error: unknown) => {
  console.log(await reported);
  if (error instanceof TimeoutError) console.log(`No answer within ${error.afterMs} ms`);
});
await socket.emitWithAck("leave me").catch((error: unknown) => {
  if (error instanceof DisconnectedError) console.log(error.reason);
});
// prints: crash in /: The database is away
// prints: No answer within 50 ms
// prints: io server disconnect
