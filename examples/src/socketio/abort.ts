import { connect, ConnectionError, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.use(() => undefined); // never lets anybody in

const controller = new AbortController();
const connecting = connect(io.url ?? "", { signal: controller.signal });
controller.abort(new Error("The user went elsewhere"));
await connecting.catch((error: unknown) => {
  if (error instanceof ConnectionError) console.log(error.code, (error.cause as Error).message);
});
// prints: socketio/aborted The user went elsewhere
