/**
 * A text that is being written, as far as it has come.
 *
 * Room: market. Cancelling is unsubscribing: then the server writes no further.
 */
import { textChannel } from "../shared/channels.js";
import type { ChannelReader } from "./reader.js";

export interface TextHandler {
  /** Every token once, in order. `position` counts from 1. */
  onToken(text: string, position: number): void;
  onEnd(): void;
  onRefused(message: string): void;
}

export interface RunningText {
  cancel(): void;
}

/** @param id tells texts with the same prompt apart. */
export function readText(reader: ChannelReader, id: string, prompt: string, handler: TextHandler): RunningText {
  const subscription = reader.read(textChannel(id, prompt), {
    onMessage: (message) => {
      if (message.type !== "token") return;
      handler.onToken(message.text, message.position);
      if (!message.isLast) return;
      subscription.close();
      handler.onEnd();
    },
    onRefused: ({ message }) => handler.onRefused(message),
  });
  return { cancel: () => subscription.close() };
}
