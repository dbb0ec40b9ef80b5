/** dial() goes where connect() goes, by the same options. */
import { once } from "node:events";
import { createServer as createProxy } from "node:http";
import { connect as connectTcp, createServer, Socket, type AddressInfo, type LookupFunction } from "node:net";
import { listen } from "@x/testkit";
import { expect, onTestFinished, test } from "vitest";
import { dial } from "./dial.js";

async function greeter(): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => undefined).end("hello"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
};

test("a stream that is read as streams are", async () => {
  expect(await textOf(await dial(`http://127.0.0.1:${await greeter()}/ignored`))).toBe("hello");
});

test("every address of a name is tried, and the name is looked up anew for each connection", async () => {
  const port = await greeter(); // on 127.0.0.1 alone
  let lookups = 0;
  const lookup: LookupFunction = (_host, _options, callback) => {
    lookups++;
    callback(null, [{ address: "127.0.0.2", family: 4 }, { address: "127.0.0.1", family: 4 }]);
  };
  for (const nth of [1, 2]) {
    expect(await textOf(await dial(`http://two.example:${port}`, { lookup }))).toBe("hello");
    expect(lookups).toBe(nth);
  }
});

test("through a proxy", async () => {
  const port = await greeter();
  const asked: string[] = [];
  const proxy = createProxy().on("connect", (request, socket) => {
    asked.push(String(request.url));
    const upstream = connectTcp(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
  });
  const listening = await listen(proxy);
  onTestFinished(() => listening.close());
  expect(await textOf(await dial("ws://somewhere.example", { proxy: listening.url }))).toBe("hello");
  expect(asked).toEqual(["somewhere.example:80"]);
});

test("refused, given up, or nowhere: simple-ws's errors", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  await expect(dial(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: "simple-ws/network-error", details: { phase: "connect" }, retryable: true });
  await expect(dial(`http://127.0.0.1:${port}`, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "simple-ws/aborted" });
  await expect(dial("ftp://127.0.0.1")).rejects.toMatchObject({ code: "simple-ws/invalid-url" });
});

test("unref: the process may end", async () => {
  const stream = await dial(`http://127.0.0.1:${await greeter()}`, { unref: true });
  expect(stream).toBeInstanceOf(Socket);
  expect(process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap")).toHaveLength(1); // the server's end
  stream.destroy();
});
