/** `@x/pool`: a bounded pool over any resource. Entry file: re-exports only. */
export { Pool } from "./shell/pool.js";
export type { Lease } from "./shell/lease.js";
export type {
  AcquireOptions, CloseOptions, ConnectContext, DrainOptions, PoolBackoff, PoolErrorContext, PoolOptions, ValidateContext, WarmOptions,
} from "./shell/options.js";
export type { KeyStats, PoolStats } from "./core/pool-stats.js";
export type { Eviction } from "./core/ledger.js";
export type { WaitStats } from "./core/wait-histogram.js";
export { CircuitOpenError } from "@x/errors/circuit-breaker";
export type { PoolCircuitOptions } from "./shell/circuits.js";
export type { PickCandidate, PoolPick } from "./core/picking.js";
export { DEFAULT_LIMITS, type PoolLimits } from "./core/options.js";
export {
  BufferError, BufferOverflowError, ConnectionClosedError, ConnectionError, ConnectionRefusedError, ConnectionTimeoutError,
  InvalidFrameError, InvalidMessageError, InvalidStateError, JetSocketError, PoolError, PoolExhaustedError, ProtocolError, poolCodes,
} from "@x/errors/pool";
export type { PoolCode } from "@x/errors/pool";
