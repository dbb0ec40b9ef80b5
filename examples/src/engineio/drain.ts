import { ConnectionError, connect, serve } from "@x/engineio";

const server = await serve();
const clients = await Promise.all(["a", "b", "c"].map(() => connect(server.url)));
for (const socket of Object.values(server.clients)) void socket.send("goodbye");

// on SIGTERM: no new sessions, and those that are there end one after the other, each after what was sent to it
const drained = server.shutdown({ overMs: 2_000 }); // onProgress tells how many are left
await connect(server.url).catch((error: unknown) => console.log(error instanceof ConnectionError && error.httpStatus));
for (const client of clients) console.log(await client.receive());
const { total, cutOff } = await drained;
console.log(`${total} closed, ${cutOff} cut off`);
// prints: 503
// prints: goodbye
// prints: goodbye
// prints: goodbye
// prints: 3 closed, 0 cut off
