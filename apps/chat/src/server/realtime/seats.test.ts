import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { Seats } from "./seats.js";

class FakeConnection extends EventEmitter {
  readyState = "open";

  end(): void {
    this.readyState = "closed";
    this.emit("close");
  }
}

test("Seats: so many per user and not one more; an end gives its seat back", () => {
  const seats = new Seats(2);
  const [first, second, third] = [new FakeConnection(), new FakeConnection(), new FakeConnection()];
  expect([seats.take("ada", first), seats.take("ada", second), seats.take("ada", third)]).toEqual([true, true, false]);
  expect(seats.take("bob", third)).toBe(true);
  first.end();
  expect([seats.count("ada"), seats.take("ada", new FakeConnection()), seats.take("ada", new FakeConnection())]).toEqual([1, true, false]);
});

test("Seats: a connection that asks again keeps the seat that it has", () => {
  const seats = new Seats(1);
  const connection = new FakeConnection();
  expect([seats.take("ada", connection), seats.take("ada", connection)]).toEqual([true, true]);
  connection.end();
  expect(seats.count("ada")).toBe(0);
});

test("Seats: a connection that ended while it was looked at takes none, for no end would give it back", () => {
  const seats = new Seats(1);
  const gone = new FakeConnection();
  gone.end();
  expect([seats.take("ada", gone), seats.count("ada"), gone.listenerCount("close")]).toEqual([true, 0, 0]);
});
