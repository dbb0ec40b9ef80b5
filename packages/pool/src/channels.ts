/** `@x/pool/channels`: many channels over few WebSockets, on Node and in browsers. Needs `@x/simple-ws` beside it. Entry file: re-exports only. */
export { ChannelPool, type ChannelPoolOptions } from "./adapters/channels.js";
export { ChannelSubscription, type SubscriptionEvents, type SubscriptionStats } from "./shell/channels/subscription.js";
export type { ChannelConnectionStats, ChannelPoolEvents, ChannelPoolStats } from "./shell/channels/events.js";
export type {
  ChannelBufferOptions, ChannelRequest, ChannelStart, RequestMessage, SharedChannelOptions, SubscribeOptions,
} from "./shell/channels/options.js";
export { DEFAULT_CHANNEL_LIMITS, type ChannelLimits } from "./core/channels/options.js";
export type { Acknowledgement, RequestKind } from "./core/channels/requests.js";
export type { UnroutableReason } from "./core/channels/directory.js";
export type { GapPolicy } from "./core/channels/gaps.js";
export type { Gap } from "./core/channels/trail.js";
