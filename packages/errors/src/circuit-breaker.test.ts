import { FakeClock, settle } from "@x/testkit";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { CircuitBreaker, CircuitOpenError, type CircuitBreakerOptions } from "./circuit-breaker.js";
import { engineio } from "./index.js";
import { retry } from "./retry.js";

const down = new engineio.ConnectionError("Cannot connect: network is down");
const fail = () => Promise.reject(down);

function breaker(options: CircuitBreakerOptions = {}) {
  const clock = new FakeClock();
  const circuit = new CircuitBreaker({ clock, failureThreshold: 3, recoveryMs: 1000, ...options });
  const changes: string[] = [];
  circuit.on("stateChange", (to, from) => changes.push(`${from} → ${to}`));
  return { clock, circuit, changes };
}

async function failTimes(circuit: CircuitBreaker, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await expect(circuit.call(fail)).rejects.toBe(down);
}

test("passes arguments, values and errors through while closed", async () => {
  const { circuit } = breaker();
  expect(await circuit.call((a: number, b: string) => `${a}${b}`, 1, "x")).toBe("1x");
  expect(await circuit.call(async (a: number) => Promise.resolve(a), 2)).toBe(2);
  await failTimes(circuit, 1);
  await expect(circuit.call(() => { throw down; })).rejects.toBe(down);
  expect([circuit.state, circuit.failures]).toEqual(["closed", 2]);
});

test("opens at the threshold, not before, and calls nothing then", async () => {
  const { circuit, changes, clock } = breaker();
  await failTimes(circuit, 2);
  expect(circuit.state).toBe("closed");
  await failTimes(circuit, 1);
  expect([circuit.state, changes]).toEqual(["open", ["closed → open"]]);
  const fn = vi.fn();
  clock.advance(400);
  const error: unknown = await circuit.call(fn).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CircuitOpenError);
  expect(error).toMatchObject({ code: "errors/circuit-open", message: "Cannot call: circuit is open, must be closed", retryAfterMs: 600, retryable: true, cause: down, layer: "errors" });
  expect(fn).not.toHaveBeenCalled();
});

test("a success in between forgets the failures", async () => {
  const { circuit } = breaker();
  await failTimes(circuit, 2);
  await circuit.call(() => 1);
  await failTimes(circuit, 2);
  expect([circuit.state, circuit.failures]).toEqual(["closed", 2]);
});

test("after the recovery time one probe goes through, and closes the circuit by its success", async () => {
  const { circuit, changes, clock } = breaker();
  await failTimes(circuit, 3);
  clock.advance(999);
  await expect(circuit.call(() => 1)).rejects.toBeInstanceOf(CircuitOpenError);
  clock.advance(1);
  let finish: (value: string) => void = () => {};
  const probe = circuit.call(() => new Promise<string>((resolve) => { finish = resolve; }));
  expect(circuit.state).toBe("half-open");
  await expect(circuit.call(() => 2)).rejects.toMatchObject({ message: "Cannot call: circuit is half-open, must be closed" });
  finish("up");
  expect(await probe).toBe("up");
  expect([circuit.state, circuit.failures, changes]).toEqual(["closed", 0, ["closed → open", "open → half-open", "half-open → closed"]]);
});

test("a probe that fails opens the circuit for another recovery time", async () => {
  const { circuit, clock } = breaker();
  await failTimes(circuit, 3);
  clock.advance(1000);
  await failTimes(circuit, 1);
  expect(circuit.state).toBe("open");
  clock.advance(999);
  await expect(circuit.call(() => 1)).rejects.toBeInstanceOf(CircuitOpenError);
  clock.advance(1);
  expect(await circuit.call(() => 1)).toBe(1);
});

test("a probe that never ends does not hold the circuit for ever: another follows, and the first no longer counts", async () => {
  const { circuit, clock } = breaker();
  await failTimes(circuit, 3);
  clock.advance(1000);
  let failFirst: (error: Error) => void = () => {};
  const first = circuit.call(() => new Promise<never>((_, reject) => { failFirst = reject; })).catch((error: unknown) => error);
  clock.advance(1000);
  expect(await circuit.call(() => "up")).toBe("up");
  failFirst(down);
  expect(await first).toBe(down);
  expect([circuit.state, circuit.failures]).toEqual(["closed", 0]);
});

test("a call that began while closed does not count once the circuit has opened", async () => {
  const { circuit, clock } = breaker();
  let finish: () => void = () => {};
  const slow = circuit.call(() => new Promise<void>((resolve) => { finish = resolve; }));
  await failTimes(circuit, 3);
  finish();
  await slow;
  expect(circuit.state).toBe("open");
  clock.advance(1000);
  await circuit.call(() => 1);
  expect(circuit.state).toBe("closed");
});

test("an answer that says no is no failure: it neither opens the circuit nor keeps it open", async () => {
  const { circuit, clock } = breaker();
  const refused = new engineio.ConnectionError("m", { httpStatus: 401 });
  for (let time = 0; time < 5; time++) await expect(circuit.call(() => { throw refused; })).rejects.toBe(refused);
  expect(circuit.state).toBe("closed");
  await failTimes(circuit, 3);
  clock.advance(1000);
  await expect(circuit.call(() => { throw refused; })).rejects.toBe(refused);
  expect(circuit.state).toBe("closed");
});

test("isFailure and createError decide instead", async () => {
  const { circuit } = breaker({
    failureThreshold: 1,
    isFailure: (error) => error instanceof TypeError,
    createError: (message, { cause }) => new engineio.ConnectionError(message, { cause }),
  });
  await failTimes(circuit, 2);
  expect(circuit.state).toBe("closed");
  await expect(circuit.call(() => { throw new TypeError("m"); })).rejects.toThrow(TypeError);
  await expect(circuit.call(() => 1)).rejects.toBeInstanceOf(engineio.ConnectionError);
});

test("reset() closes the circuit", async () => {
  const { circuit, changes } = breaker();
  await failTimes(circuit, 3);
  circuit.reset();
  circuit.reset();
  expect([circuit.state, changes]).toEqual(["closed", ["closed → open", "open → closed"]]);
});

test("retry() waits for the circuit to let a probe through", async () => {
  const { circuit, clock } = breaker({ failureThreshold: 1, recoveryMs: 5000 });
  const result = retry(({ attempt }) => circuit.call(() => attempt < 3 ? fail() : "up"), { clock, baseMs: 1, random: () => 0 });
  await settle(1);
  while (clock.pending > 0) {
    clock.advance(clock.nextMs - clock.nowMs);
    await settle(1);
  }
  expect(await result).toBe("up");
  expect(clock.nowMs).toBe(5000);
});

test.each([{ failureThreshold: 0 }, { failureThreshold: 1.5 }, { recoveryMs: -1 }, { recoveryMs: Number.NaN }])("refuses %o", (options) => {
  expect(() => new CircuitBreaker(options)).toThrow(expect.objectContaining({ code: "errors/invalid-option" }) as Error);
});

test("whatever happens: never more than one probe at once, and no call while open", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 1500 }) }),
    fc.record({ kind: fc.constant("call" as const), succeeds: fc.boolean() }),
  );
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
    const { circuit, clock } = breaker();
    let failures = 0;
    let openedMs = -Infinity;
    for (const one of steps) {
      if (one.kind === "wait") { clock.advance(one.ms); continue; }
      const wasOpen = circuit.state === "open";
      const mayCall = !wasOpen || clock.now() >= openedMs + 1000;
      const fn = vi.fn(() => one.succeeds ? Promise.resolve() : fail());
      await circuit.call(fn).catch(() => {});
      expect(fn).toHaveBeenCalledTimes(mayCall ? 1 : 0);
      if (!mayCall) continue;
      failures = one.succeeds ? 0 : wasOpen ? 3 : failures + 1;
      if (failures >= 3) openedMs = clock.now();
      expect(circuit.state).toBe(failures >= 3 ? "open" : "closed");
      if (failures >= 3) failures = 0;
    }
  }));
});
