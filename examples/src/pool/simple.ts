import { connectResilient, ConnectionClosedError, ConnectionTimeoutError, minimal } from "@x/pool/resilient";
import { serve } from "@x/simple-ws/server";

await using server = await serve({
  onConnection: async (connection) => {
    for await (const message of connection) {
      if (message === '"bye"') await connection.close(4000, "as you wish");
      else await connection.send(message);
    }
  },
});

const socket = await connectResilient<string, string>(server.url, { ...minimal, reconnect: false, timeoutMs: 10_000 });
await socket.send("hello");
console.log("received:", await socket.receive({ timeoutMs: 10_000 }));
console.log("nothing within 10 ms:", await socket.receive({ timeoutMs: 10 }));
await socket.send("bye");
try {
  await socket.receive();
} catch (error) {
  if (error instanceof ConnectionClosedError) console.log(`closed: ${error.closeCode} ${error.reason}`);
  else if (error instanceof ConnectionTimeoutError) console.log("too late");
  else throw error;
}
// prints: received: hello
// prints: nothing within 10 ms: null
// prints: closed: 4000 as you wish
