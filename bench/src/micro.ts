/**
 * Two implementations of one thing side by side, in one process without sockets: CPU per message, as a speed-up.
 * Micro-benchmarks mislead; the server figures decide. These tell where a codec itself stands.
 */

export interface Row {
  readonly name: string;
  /** Each call handles `perCall` messages. */
  readonly perCall: number;
  readonly ours: () => void;
  readonly theirs: () => void;
}

/** @returns CPU nanoseconds per message of `calls` calls. */
function cost(run: () => void, calls: number, perCall: number): number {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) run();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (calls * perCall);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Rounds of about 100 ms each, the two interleaved and their order turned every other round. */
function measure(row: Row): { ours: number; theirs: number; speedUp: number } {
  for (let call = 0; call < 30; call++) { row.ours(); row.theirs(); }
  const calls = (run: () => void): number => Math.max(1, Math.ceil(100e6 / (cost(run, 20, 1) || 1e4)));
  const [ourCalls, theirCalls] = [calls(row.ours), calls(row.theirs)];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 7; round++) {
    const steps = [() => ours.push(cost(row.ours, ourCalls, row.perCall)), () => theirs.push(cost(row.theirs, theirCalls, row.perCall))];
    if (round % 2 === 1) steps.reverse();
    for (const step of steps) step();
  }
  const speedUp = median(ours.map((value, index) => (theirs[index] ?? Number.NaN) / value));
  return { ours: median(ours), theirs: median(theirs), speedUp };
}

/** Prints a line per row whose name contains the command line's first argument. @param theirs name of the other implementation. */
export function compare(rows: readonly Row[], theirName: string): void {
  const filter = process.argv[2] ?? "";
  for (const row of rows) {
    if (!row.name.includes(filter)) continue;
    const { ours, theirs, speedUp } = measure(row);
    console.log(`${row.name.padEnd(44)} ${ours.toFixed(0).padStart(8)} ns  ${theirName} ${theirs.toFixed(0).padStart(8)} ns  ${speedUp.toFixed(2)}×`);
  }
}
