import { connect, serve } from "@x/socketio";
import { instrument } from "@x/socketio/admin";

// for https://admin.socket.io, which also needs cors: { origin: "https://admin.socket.io", credentials: true }
await using io = await serve({ host: "127.0.0.1" });
instrument(io, { auth: { username: "ada", password: "correct horse" }, readonly: true, mode: "production", statsIntervalMs: 100 });

await connect(`${io.url ?? ""}/admin`, { auth: { username: "ada", password: "wrong" } }).catch((error: unknown) => console.log((error as Error).message));

const admin = await connect(`${io.url ?? ""}/admin`, { auth: { username: "ada", password: "correct horse" } });
const [stats] = await new Promise<{ clientsCount: number }[]>((resolve) => void admin.once("server_stats", (...args: { clientsCount: number }[]) => resolve(args)));
console.log(stats === undefined ? "nothing" : "statistics");
admin.disconnect();
// prints: invalid credentials
// prints: statistics
