/** What the pool's shell is tested with. */
import { FakeClock, seededRandom } from "@x/testkit";
import type { ConnectContext, PoolOptions } from "../src/shell/options.js";
import { Pool } from "../src/shell/pool.js";

export interface Thing {
  readonly id: number;
  readonly key: string;
  isOpen: boolean;
  end(): void;
}

export interface SetUp {
  readonly pool: Pool<Thing>;
  readonly clock: FakeClock;
  /** All that were ever opened. */
  readonly things: readonly Thing[];
  readonly make: (context: ConnectContext) => Thing;
  /** How many are open now. */
  readonly open: () => number;
}

/** A pool of counted things on a clock moved by hand. */
export function setUp(options: Partial<PoolOptions<Thing>> = {}): SetUp {
  const clock = new FakeClock();
  const things: Thing[] = [];
  const make = ({ key, ended }: ConnectContext): Thing => {
    const thing = { id: things.length + 1, key, isOpen: true, end: ended };
    things.push(thing);
    return thing;
  };
  const pool = new Pool<Thing>({ connect: make, close: (thing) => void (thing.isOpen = false), clock, random: seededRandom(1), ...options });
  const open = (): number => things.filter(({ isOpen }) => isOpen).length;
  return { pool, clock, things, make, open };
}

/** A promise and what happened to it so far. */
export function watch<Value>(promise: Promise<Value>): { readonly value?: Value; readonly error?: unknown } {
  const watched: { value?: Value; error?: unknown } = {};
  promise.then((value) => (watched.value = value), (error: unknown) => (watched.error = error));
  return watched;
}

export const never = (): Promise<never> => new Promise(() => undefined);
