/** What the compiler knows of SimpleClient. Compiled by TypeScript 5.9 and 6; nothing here needs to run. */
import { expectTypeOf, test } from "vitest";
import { SimpleClient } from "../src/simple-client.js";

interface Listen {
  news(text: string, count: number): void;
  bye(): void;
}
interface Emit {
  sum(a: number, b: number, ack: (sum: number) => void): void;
  note(text: string): void;
}
type Arriving = readonly [event: "news", text: string, count: number] | readonly [event: "bye"];

/** Compiled, never called. */
async function usage(client: SimpleClient<Listen, Emit>): Promise<void> {
  expectTypeOf(client.connect("http://localhost")).resolves.toEqualTypeOf<SimpleClient<Listen, Emit>>();
  expectTypeOf(client.call("sum", [1, 2])).resolves.toBeNumber();
  expectTypeOf(client.call("sum", [1, 2], { timeoutMs: 5 })).resolves.toBeNumber();
  // @ts-expect-error -- one argument is missing
  void client.call("sum", [1]);
  // @ts-expect-error -- nothing acknowledges it
  void client.call("note", ["text"]);
  expectTypeOf(client.emit("note", "text")).resolves.toBeVoid();
  // @ts-expect-error -- servers send this event
  void client.emit("news", "text", 1);
  expectTypeOf(client.receive({ timeoutMs: 5 })).resolves.toEqualTypeOf<Arriving>();
  for await (const event of client) {
    expectTypeOf(event).toEqualTypeOf<Arriving>();
    if (event[0] === "news") expectTypeOf(event[2]).toBeNumber();
  }
  await using untyped = new SimpleClient();
  expectTypeOf(untyped.call("anything", [1])).resolves.toBeAny();
  expectTypeOf(client.sid).toEqualTypeOf<string | undefined>();
}

test("knows the types of events", () => {
  expectTypeOf(usage).toBeFunction();
});
