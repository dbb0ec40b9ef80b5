/** `@x/socketio/adapter-contract`: what every adapter must do, for the tests of those who write one. Room: entry. */
export { adapterContract } from "./adapter/contract.js";
export type { AdapterCase } from "./adapter/contract.js";
export { ContractViolation } from "./adapter/contract-node.js";
export type { Adapter, AdapterNamespace, AdapterSocket, BroadcastPacket, WriteOptions } from "./adapter/port.js";
export type { Claim, Holder, MissedEvent, Recipient, Resumed, SessionKeeper } from "./core/session-keeper.js";
export type { RestoredSession, SessionAwareAdapter, StoredSession } from "./shell/server/adapter-sessions.js";
export type { BroadcastFlags, BroadcastOptions, Room, SocketId } from "./core/broadcast.js";
