import { expect, test } from "vitest";
import { readConfig } from "./config.js";

test("readConfig() has a default for everything", () => {
  expect(readConfig({}, "/srv")).toEqual({
    port: 3000, host: "127.0.0.1", dataFolder: "/srv/.data/chat", databaseUrl: undefined,
    sessionSecrets: [], publicUrl: undefined, trustProxy: false, logLevel: "info",
  });
});

test("readConfig() treats empty variables as unset and resolves folders where the command was typed", () => {
  expect(readConfig({ PORT: "", DATA_DIR: "here", INIT_CWD: "/home/ada" }, "/srv")).toMatchObject({ port: 3000, dataFolder: "/home/ada/here" });
  expect(readConfig({ DATA_DIR: "/var/lib/chat", INIT_CWD: "/home/ada" })).toMatchObject({ dataFolder: "/var/lib/chat" });
});

test("readConfig() takes several secrets, the first to sign with", () => {
  const [fresh, old] = ["n".repeat(32), "o".repeat(32)];
  expect(readConfig({ SESSION_SECRET: `${fresh}, ${old}` }).sessionSecrets).toEqual([fresh, old]);
});

test.each([
  [{ PORT: "http" }, "PORT must be a number"],
  [{ PORT: "65536" }, "PORT must be at most 65535"],
  [{ DATABASE_URL: "mysql://x" }, "DATABASE_URL must start with postgres://"],
  [{ SESSION_SECRET: "s".repeat(31) }, "SESSION_SECRET must have at least 32 characters"],
  [{ PUBLIC_URL: "ftp://x" }, "PUBLIC_URL must be an http:// or https:// address"],
  [{ TRUST_PROXY: "maybe" }, "TRUST_PROXY must be 1 or 0"],
  [{ LOG_LEVEL: "loud" }, "LOG_LEVEL must be fatal"],
])("readConfig(%j) says what is wrong", (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(sentence);
});

test("readConfig() reports every mistake at once, and never a value", () => {
  expect(() => readConfig({ PORT: "x", SESSION_SECRET: "short-secret" })).toThrow(/PORT.*\n.*SESSION_SECRET/u);
  expect(() => readConfig({ SESSION_SECRET: "short-secret" })).not.toThrow("short-secret");
});
