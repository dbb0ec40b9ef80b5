import { pair } from "@x/engineio/testing";

await using session = await pair({ transport: "polling", upgrade: true });
const { client, server, clock, faults, settle } = session;
server.on("message", (data) => void server.send(`echo: ${String(data)}`)); // what is to be tested
client.on("message", (data) => console.log(data));
void client.send("hello");
await settle();
console.log(client.transport.name);

server.on("close", (reason) => console.log(`server: ${reason}`));
client.on("close", (reason) => console.log(`client: ${reason}`));
faults.client.isSilent = true; // a cable pulled: nothing the client sends arrives any more
clock.advance(25_000); // the server pings …
await settle();
clock.advance(20_000); // … and gives up
await settle();
// prints: echo: hello
// prints: websocket
// prints: server: ping timeout
// prints: client: transport close
