/** What happens to the connection, told on stderr as it changes. Room: terminal. */
import type { ChannelReader } from "../market/reader.js";
import type { LinkState } from "../shared/protocol.js";
import type { Streams } from "./streams.js";

const WORDS: Readonly<Record<LinkState, string>> = {
  connecting: "connecting",
  open: "connected",
  lost: "connection lost, trying again",
  closed: "connection closed",
};

/** @returns how to stop. */
export function tellState(reader: ChannelReader, { stderr }: Streams): () => void {
  const told: { state?: LinkState; problem?: string | undefined } = {};
  const tell = (): void => {
    const { state, problem } = reader;
    if (state !== told.state) stderr.write(`market: ${WORDS[state]}\n`);
    if (problem !== undefined && problem !== told.problem) stderr.write(`market: ${problem}\n`);
    Object.assign(told, { state, problem });
  };
  tell();
  return reader.onChange(tell);
}
