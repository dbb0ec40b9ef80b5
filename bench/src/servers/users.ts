/**
 * Users of a pool: `BENCH_USERS` of them borrow, hold for one turn of the microtask queue when they are several, and give back.
 */
const userCount = Number(process.env["BENCH_USERS"] ?? "1");

export async function users<Lease>(count: number, acquire: () => PromiseLike<Lease>, release: (lease: Lease) => void): Promise<void> {
  let left = count;
  const user = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const lease = await acquire();
      if (userCount > 1) await Promise.resolve();
      release(lease);
    }
  };
  await Promise.all(Array.from({ length: userCount }, user));
}
