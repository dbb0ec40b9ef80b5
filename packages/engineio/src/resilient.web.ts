/** `@x/engineio/resilient` in browsers and on every other platform. Room: entry. */
export { ResilientClient } from "./web/resilient-client.js";
export type { ResilientOptions } from "./web/resilient-client.js";
export type { AttemptInfo, PerAttempt, ResilientEvents, ResilientState } from "./shell/resilient-options.js";
export type { ReconnectPolicy } from "@x/errors/retry";
