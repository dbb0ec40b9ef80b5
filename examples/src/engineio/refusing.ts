import { ConnectionError, connect, serve } from "@x/engineio";

await using server = await serve({
  port: 0,
  allowRequest: ({ headers }) => {
    if (headers.authorization === "Bearer t") return true;
    throw new ConnectionError("No such token", { httpStatus: 401 });
  },
});
server.on("connection_error", ({ code, message }) => console.log(`refused: ${code} ${message}`)); // whatever for

try {
  await connect(server.url);
} catch (error) {
  if (error instanceof ConnectionError) console.log(error.httpStatus, error.body);
}
const client = await connect(server.url, { extraHeaders: { Authorization: "Bearer t" } });
console.log(client.readyState);
await client.disconnect();
// prints: refused: 4 No such token
// prints: 401 { code: 4, message: 'No such token' }
// prints: open
