/**
 * Names of channels: what can be subscribed to.
 *
 * Room: shared. `ticks:AMBR` is an instrument, `text:<id>:<prompt>` a text that is being written, `status` the gateway itself.
 */
import { limits } from "./limits.js";

export const STATUS_CHANNEL = "status";

export type ChannelName =
  | { readonly kind: "ticks"; readonly symbol: string }
  | { readonly kind: "text"; readonly id: string; readonly prompt: string }
  | { readonly kind: "status" };

export function ticksChannel(symbol: string): string {
  return `ticks:${symbol}`;
}

/** @param id tells texts with the same prompt apart: 1 to 36 letters, digits and dashes. */
export function textChannel(id: string, prompt: string): string {
  return `text:${id}:${prompt}`;
}

/** @returns `undefined` for what is no name of a channel. */
export function parseChannel(name: string): ChannelName | undefined {
  if (name === STATUS_CHANNEL) return { kind: "status" };
  const [, symbol] = /^ticks:([A-Z]{1,8})$/u.exec(name) ?? [];
  if (symbol !== undefined) return { kind: "ticks", symbol };
  const [, id, prompt] = /^text:([\w-]{1,36}):(.+)$/su.exec(name) ?? [];
  return id === undefined || prompt === undefined || prompt.length > limits.promptChars ? undefined : { kind: "text", id, prompt };
}
