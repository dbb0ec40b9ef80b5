/** What a connection keeps of the messages that asked for its namespaces. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { ServerConnection } from "../src/core/server-connection.js";
import { jsonCodec } from "../src/client.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

test("the names of namespaces that were asked for are kept, not the messages that named them", () => {
  const asked: string[] = [];
  const connection: ServerConnection = new ServerConnection({ codec: jsonCodec(), maxNamespaces: 100 }, {
    answerByMs: 1000,
    takes: () => true,
    onConnect: (ask) => {
      asked.push(ask.nsp);
      connection.refuse(ask);
    },
    onAskTimeout: () => undefined,
    onFailure: () => undefined,
    onConnectTimeout: () => undefined,
  }, 1000);
  const before = heapBytes();
  for (let index = 0; index < 32; index++) connection.receive(Buffer.from(`0/there-is-no-such-namespace-${index},{"a":"${"x".repeat(1_000_000)}"}`).toString("latin1"));
  expect(heapBytes() - before).toBeLessThan(8_000_000);
  expect([asked.length, asked[31]]).toEqual([32, "/there-is-no-such-namespace-31"]);
  connection.receive("2/there-is-no-such-namespace-31,[\"late\"]"); // known, so that the connection does not end
  connection.receive("0/there-is-no-such-namespace-31,");
  expect(asked).toHaveLength(33);
});
