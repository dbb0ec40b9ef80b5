import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
const sockets = await Promise.all([1, 2, 3].map(() => connect(io.url ?? "")));
for (const [n, socket] of sockets.entries()) socket.on("vote", (answer: (vote: string) => void) => answer(n === 1 ? "no" : "yes"));

const votes = await io.timeout(10_000).emitWithAck("vote") as string[];
console.log(votes.sort());
for (const socket of sockets) socket.disconnect();
// prints: [ 'no', 'yes', 'yes' ]
