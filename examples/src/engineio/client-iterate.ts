import { connect, serve } from "@x/engineio";

await using server = await serve();
server.on("connection", (socket) => {
  for (const city of ["Lima", "Oslo", "Pune"]) void socket.send(city);
  socket.close(); // after what was sent
});

const client = await connect(server.url);
for await (const city of client) console.log(city); // ends with the session
console.log((await client.wait()).reason);
// prints: Lima
// prints: Oslo
// prints: Pune
// prints: transport close
