/**
 * Users of a pool: `BENCH_USERS` of them borrow, hold for one turn of the microtask queue, and give back.
 */
const userCount = Number(process.env["BENCH_USERS"] ?? "1");

export async function users(count: number, borrow: () => Promise<() => void>): Promise<void> {
  let left = count;
  const user = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const giveBack = await borrow();
      if (userCount > 1) await Promise.resolve();
      giveBack();
    }
  };
  await Promise.all(Array.from({ length: userCount }, user));
}
