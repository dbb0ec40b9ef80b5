/** How this program reads channels. Room: market. */
import type { Channels } from "./channels.js";
import { ResilientChannels } from "./resilient-channels.js";

export interface ChannelTimes {
  /** Silence after which a ping is sent, and until the connection is then given up. */
  readonly heartbeatMs?: number;
  /** The first wait before another attempt. */
  readonly retryMs?: number;
}

export function openChannels(url: string, times: ChannelTimes = {}): Channels {
  return new ResilientChannels(url, times);
}
