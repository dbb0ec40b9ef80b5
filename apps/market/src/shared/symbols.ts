/** The instruments of the simulated exchange: invented names, invented prices. Room: shared. */
export interface Instrument {
  readonly symbol: string;
  readonly name: string;
  /** Where its walk begins. */
  readonly price: number;
  /** Digits after the point. */
  readonly decimals: number;
  /** Standard deviation of one step, as a part of the price. */
  readonly volatility: number;
  /** Chance of a trade in one step. */
  readonly liquidity: number;
}

export const instruments: readonly Instrument[] = [
  { symbol: "AMBR", name: "Amber Optics", price: 184.2, decimals: 2, volatility: 0.0006, liquidity: 0.7 },
  { symbol: "BASL", name: "Basalt Freight", price: 41.75, decimals: 2, volatility: 0.0009, liquidity: 0.5 },
  { symbol: "CORV", name: "Corvid Systems", price: 512.4, decimals: 2, volatility: 0.0011, liquidity: 0.8 },
  { symbol: "DUNE", name: "Dune Solar", price: 27.13, decimals: 2, volatility: 0.0013, liquidity: 0.6 },
  { symbol: "FERN", name: "Fernwood Paper", price: 63.9, decimals: 2, volatility: 0.0004, liquidity: 0.4 },
  { symbol: "HALO", name: "Halo Lenses", price: 1_240.5, decimals: 1, volatility: 0.0008, liquidity: 0.5 },
  { symbol: "KELP", name: "Kelp & Tide", price: 8.842, decimals: 3, volatility: 0.0015, liquidity: 0.6 },
  { symbol: "LARK", name: "Larkspur Foods", price: 96.35, decimals: 2, volatility: 0.0005, liquidity: 0.5 },
  { symbol: "ONYX", name: "Onyx Foundry", price: 334.8, decimals: 2, volatility: 0.0012, liquidity: 0.7 },
  { symbol: "PIKE", name: "Pike River Rail", price: 72.06, decimals: 2, volatility: 0.0006, liquidity: 0.4 },
  { symbol: "RIME", name: "Rime Cooling", price: 19.48, decimals: 2, volatility: 0.001, liquidity: 0.5 },
  { symbol: "TOLL", name: "Tollgate Bank", price: 148.66, decimals: 2, volatility: 0.0007, liquidity: 0.7 },
];

const bySymbol: ReadonlyMap<string, Instrument> = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));

export function instrumentOf(symbol: string): Instrument | undefined {
  return bySymbol.get(symbol);
}
