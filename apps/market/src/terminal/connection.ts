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

/** @param isQuiet the screen shows it already. @returns how to stop. */
export function tellState(reader: ChannelReader, streams: Streams, isQuiet: boolean): () => void {
  let told: LinkState | undefined;
  const tell = (): void => {
    if (isQuiet || reader.state === told) return;
    told = reader.state;
    streams.stderr.write(`market: ${WORDS[told]}\n`);
  };
  tell();
  return reader.onChange(tell);
}
