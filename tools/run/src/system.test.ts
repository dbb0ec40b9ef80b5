import { expect, test } from "vitest";
import { find, installCommand, needs, provide } from "./system.mjs";

const redis = { name: "redis", binaries: ["redis-server", "valkey-server"], debianPackages: ["redis-server"], suite: "Redis adapters", task: "test:redis", variable: "REDIS_SERVER_PATH", holds: "path" } as const;
const postgres = { name: "postgres", binaries: ["postgres"], folders: ["/usr/lib/postgresql/*/bin", "/opt/pg"], debianPackages: ["postgresql"], suite: "storage", variable: "TEST_URL", holds: "address" } as const;

function host(executables: readonly string[], env: Readonly<Record<string, string>> = {}): Parameters<typeof find>[1] {
  return { env: { PATH: "/bin:relative:/opt/bin", ...env }, isExecutable: (path: string) => executables.includes(path), list: (folder: string) => (folder === "/usr/lib/postgresql" ? ["15", "17"] : []), canInstall: false };
}

test("find() takes the first binary on PATH, in the order of preference", () => {
  expect(find(redis, host(["/opt/bin/redis-server", "/bin/valkey-server"])).path).toBe("/opt/bin/redis-server");
  expect(find(redis, host(["/bin/valkey-server"])).path).toBe("/bin/valkey-server");
  expect(find(redis, host(["relative/redis-server", "redis-server"])).path).toBeUndefined();
});

test("find() believes the environment variable alone, when there is one", () => {
  expect(find(redis, host(["/bin/redis-server", "/mine"], { REDIS_SERVER_PATH: "/mine" })).path).toBe("/mine");
  expect(find(redis, host(["/bin/redis-server"], { REDIS_SERVER_PATH: "/gone" })).path).toBeUndefined();
  expect(find(redis, host(["/bin/redis-server"], { REDIS_SERVER_PATH: "" })).path).toBe("/bin/redis-server");
});

test("find() looks into further folders, and behind a star into every one", () => {
  expect(find(postgres, host(["/usr/lib/postgresql/17/bin/postgres"])).path).toBe("/usr/lib/postgresql/17/bin/postgres");
  expect(find(postgres, host(["/opt/pg/postgres"])).path).toBe("/opt/pg/postgres");
  expect(find(postgres, host(["/usr/lib/postgresql/bin/postgres"])).path).toBeUndefined();
});

test("find() takes an address as it is; a report does not repeat it, for it may hold a password", async () => {
  const given = host([], { TEST_URL: "postgres://user:secret@host/db" });
  expect(find(postgres, given).path).toBe("postgres://user:secret@host/db");
  const lines: string[] = [];
  await provide([postgres], given, { detail: (line: string) => { lines.push(line); } });
  expect(lines).toEqual(["postgres: given by TEST_URL"]);
});

test("provide() names what is missing with the command that installs it, where it may not install", async () => {
  const lines: string[] = [];
  const found = await provide([redis], host([]), { detail: (line: string) => { lines.push(line); } });
  expect(found).toEqual([{ need: redis, path: undefined }]);
  expect(lines).toEqual(["redis: missing; apt-get install -y redis-server"]);
});

test("provide() reports what it found and installs nothing then", async () => {
  const lines: string[] = [];
  const found = await provide([redis], { ...host(["/bin/redis-server"]), canInstall: true }, { detail: (line: string) => { lines.push(line); } });
  expect(found).toEqual([{ need: redis, path: "/bin/redis-server" }]);
  expect(lines).toEqual(["redis: /bin/redis-server"]);
});

test("every need names what finds, installs and uses it", () => {
  for (const need of needs) {
    expect(need.binaries.length * need.suite.length).toBeGreaterThan(0);
    expect(installCommand([need])).toMatch(/^apt-get install -y \S/);
  }
});
