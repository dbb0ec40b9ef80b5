/**
 * The few figures that the README shows, good ones and others, as a table.
 */
import { show, type Results } from "./results.js";

/** What was done, against whom, and the ratio that says it. */
export const HEADLINES: readonly (readonly [what: string, than: string, row: string, of: string, to: string])[] = [
  ["WebSocket messages, one at a time", "ws", "ws-64-512x1", "@x/simple-ws", "ws"],
  ["WebSocket messages in bursts", "ws", "ws-64-16x64", "@x/simple-ws", "ws"],
  ["WebSocket messages of 64 KiB", "ws", "ws-64k-binary", "@x/simple-ws", "ws"],
  ["WebSocket handshakes", "ws", "handshake-ws-16", "@x/simple-ws", "ws"],
  ["Socket.IO events, one at a time", "socket.io", "socketio-64x1", "@x/socketio", "socket.io"],
  ["Socket.IO events in bursts", "socket.io", "socketio-16x64", "@x/socketio", "socket.io"],
  ["a Socket.IO event to a room of 1,000", "socket.io", "socketio-room", "@x/socketio", "socket.io"],
  ["messages by long-polling", "engine.io", "polling-1", "@x/engineio polling", "engine.io polling"],
  ["heap of an idle Socket.IO connection", "socket.io", "heap-socketio", "@x/socketio", "socket.io"],
  ["leases of a pool", "generic-pool", "pool", "@x/pool", "generic-pool"],
];

/** A Markdown table: one line per headline that has been measured. */
export function headlines(results: Results): string {
  const lines = HEADLINES.flatMap(([what, than, row, of, to]) => {
    const ratio = results[row]?.ratios.find((one) => one.of === of && one.to === to);
    return ratio === undefined ? [] : [[what, `\`${than}\``, show(ratio.median)]];
  });
  return [["", "beside", "ours ÷ theirs"], ["---", "---", "---"], ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
