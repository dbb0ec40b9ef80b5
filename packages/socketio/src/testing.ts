/** `@x/socketio/testing`: clients for a server under test, without a network, on a clock that only the test moves. Room: entry. */
export { memoryNetwork } from "./testing/network.js";
export type { MemoryClient, MemoryClientOptions, MemoryFaults, MemoryNetwork, MemoryNetworkOptions, ServerUnderTest } from "./testing/network.js";
export { ManualClock } from "@x/engineio/testing";
export type { MemoryServerOptions, NetworkFaults } from "@x/engineio/testing";
