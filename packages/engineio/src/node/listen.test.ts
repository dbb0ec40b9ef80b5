import { expect, test } from "vitest";
import { setErrorReporter } from "@x/errors/handlers";
import { serve } from "./listen.js";

test("serve(): an error of the listening socket, such as no file descriptor for another connection, is reported and ends nothing", async () => {
  const reported: unknown[] = [];
  const before = setErrorReporter((error, { event }) => reported.push([error, event]));
  await using server = await serve();
  const failures = [new Error("accept EMFILE"), new Error("accept ENFILE")];
  for (const failure of failures) server.httpServer?.emit("error", failure);
  setErrorReporter(before);
  expect(reported).toEqual(failures.map((failure) => [failure, "server"]));
  expect((await fetch(server.url)).status).toBe(501);
});
