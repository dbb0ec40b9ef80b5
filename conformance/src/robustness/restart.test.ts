/**
 * A server that is killed under thousands of connections: every client notices and comes back to the next one; that one goes in
 * peace, and in the end nothing is left. 5,000 clients, or as many as half of this process's file descriptors (`ulimit -n`) allow.
 */
import { execSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { WebSocketApp } from "@x/simple-ws/app";
import { compilePrograms, type Programs } from "@x/testkit/programs";
import { alive, nothingLeft, until } from "./nothing-left.js";

const CLIENTS = Math.min(5_000, Math.floor(Number(execSync("ulimit -n", { encoding: "utf8" }).trim().replace("unlimited", "65536")) / 2) - 100);

let programs: Programs;
beforeAll(async () => {
  programs = await compilePrograms(import.meta.dirname, ["restart-server.ts"]);
});
afterAll(() => programs.dispose());

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
});

interface ServerProcess {
  readonly port: number;
  readonly child: ChildProcess;
  count(): Promise<number>;
}

async function start(port = 0): Promise<ServerProcess> {
  const child = programs.start("restart-server.ts", [String(port)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  const ask = async (order?: string): Promise<number> => {
    const answer = Promise.race([once(child, "message") as Promise<[number]>, once(child, "exit").then((): [number] => [-1])]);
    if (order !== undefined) child.send(order);
    return (await answer)[0];
  };
  return { port: await ask(), child, count: () => ask("count") };
}

test(`${CLIENTS} clients survive a kill and a restart, and leave nothing behind`, { timeout: 300_000 }, async () => {
  const before = alive();
  let server = await start();
  const ends: number[] = [];
  const errors: unknown[] = [];
  const open = new Set<number>();
  let told: () => void = () => undefined;
  const reach = (count: number): Promise<void> => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${open.size} are open, must be ${count}`)), 120_000);
    told = () => {
      if (open.size !== count) return;
      clearTimeout(timer);
      resolve();
    };
    told();
  });
  const apps = Array.from({ length: CLIENTS }, (_, index) => new WebSocketApp(`ws://127.0.0.1:${server.port}/`, {
    connect: { pingIntervalMs: 0, proxy: false, connectTimeoutMs: 60_000, handshakeTimeoutMs: 60_000 },
    reconnect: { attempts: Infinity, baseMs: 1_500, capMs: 4_000 },
    onOpen: () => {
      open.add(index);
      told();
    },
    onClose: ({ code }) => {
      open.delete(index);
      ends.push(code);
      told();
    },
    onError: (error) => void errors.push(error),
  }));
  const running = apps.map((app) => app.run());
  const allOpen = async (): Promise<void> => {
    await reach(CLIENTS);
    expect(await server.count()).toBe(CLIENTS);
  };
  await allOpen();

  server.child.kill("SIGKILL");
  await reach(0);
  expect(new Set(ends.splice(0))).toEqual(new Set([1006]));
  server = await start(server.port);
  await allOpen();

  server.child.send("close");
  await reach(0);
  expect(new Set(ends.splice(0))).toEqual(new Set([1012]));
  expect(errors.length).toBeGreaterThanOrEqual(2 * CLIENTS);
  await Promise.all(apps.map((app) => app.close()));
  expect(await Promise.all(running)).toEqual(running.map(() => undefined)); // ended while they waited for the next server
  await until(() => children.size === 0, "the server's process has ended");
  await nothingLeft(before);
});
