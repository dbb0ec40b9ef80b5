/**
 * TCP connections and Unix sockets of clients.
 *
 * Room: simple-ws node.
 */
import { connect, isIP, type NetConnectOpts, type Socket } from "node:net";
import type { Attempt } from "./attempt.js";

/** Connects TCP or a Unix socket; all addresses of a name are tried, side by side (RFC 8305). */
export async function connectStream(target: NetConnectOpts, attempt: Attempt): Promise<Socket> {
  const isName = "host" in target && target.host !== undefined && isIP(target.host) === 0;
  const keepsPhase = attempt.phase === "proxy";
  if (!keepsPhase) attempt.phase = isName ? "dns" : "connect";
  const socket = connect(target);
  if (!keepsPhase) socket.once("lookup", () => (attempt.phase = "connect"));
  await attempt.until(socket, "connect");
  if (!keepsPhase) attempt.phase = "connect";
  return socket;
}
