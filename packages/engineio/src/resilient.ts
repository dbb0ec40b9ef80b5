/** `@x/engineio/resilient` on Node. Room: entry. */
export { ResilientClient } from "./node/resilient-client.js";
export type { ResilientOptions } from "./node/resilient-client.js";
export type { AttemptInfo, PerAttempt, ResilientEvents, ResilientState } from "./shell/resilient-options.js";
export type { ReconnectPolicy } from "@x/errors/retry";
