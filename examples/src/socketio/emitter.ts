import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdapter } from "@socket.io/redis-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import { connect, serve } from "@x/socketio";
import { createClient } from "redis";

const folder = mkdtempSync(join(tmpdir(), "emitter-"));
const path = join(folder, "redis"); // in life: the address of your Redis
const store = spawn("redis-server", ["--port", "0", "--unixsocket", path, "--save", ""]);
await once(store.stdout, "data"); // it has begun; the client below tries until it listens
const client = (): ReturnType<typeof createClient> => createClient({ socket: { path, tls: false } }).on("error", () => undefined);
const [publisher, subscriber, worker] = await Promise.all([client().connect(), client().connect(), client().connect()]);

const io = await serve({ host: "127.0.0.1", adapter: createAdapter(publisher, subscriber) });
io.on("connection", (socket) => void socket.join("reports"));
const socket = await connect(io.url ?? "");
const told = new Promise((resolve) => void socket.once("ready", resolve));

const outside = new Emitter(worker); // in another process, which has no server: a job's worker, a cron
while (await io.sockets.adapter.serverCount() < 1) continue; // the server's subscription is under way
outside.to("reports").emit("ready", "report 42");
console.log(await told);
outside.disconnectSockets();
await new Promise((resolve) => void socket.once("disconnect", resolve));
await io.close();
await Promise.all([publisher, subscriber, worker].map((one) => one.close()));
store.kill();
rmSync(folder, { recursive: true, force: true });
// prints: report 42
