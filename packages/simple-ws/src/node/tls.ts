/**
 * TLS over a link that stands already (RFC 6455 §4.1, item 5 of "opening").
 *
 * Room: simple-ws node. Keys go to the file that `SSLKEYLOGFILE` names, as in browsers and curl, for whoever looks with Wireshark.
 */
import { appendFileSync } from "node:fs";
import { isIP } from "node:net";
import { env } from "node:process";
import type { Duplex } from "node:stream";
import { connect, type ConnectionOptions as TlsOptions, type TLSSocket } from "node:tls";
import type { Attempt } from "./attempt.js";

/** @returns the stream once the peer's certificate is accepted. Rejects with the system's error, also for options it cannot read. */
export async function secure(stream: Duplex, hostname: string, options: TlsOptions, attempt: Attempt): Promise<TLSSocket> {
  let socket: TLSSocket;
  try {
    socket = connect({ ALPNProtocols: ["http/1.1"], ...(isIP(hostname) === 0 ? { servername: hostname } : {}), host: hostname, ...options, socket: stream });
  } catch (error) {
    stream.destroy(); // a certificate or key that cannot be read
    throw error;
  }
  logKeys(socket, env["SSLKEYLOGFILE"]);
  await attempt.until(socket, "secureConnect");
  return socket;
}

function logKeys(socket: TLSSocket, file: string | undefined): void {
  if (file === undefined || file === "") return;
  socket.on("keylog", (line: Buffer) => {
    try {
      appendFileSync(file, line, { mode: 0o600 });
    } catch {
      // a log that cannot be written must not end what it logs
    }
  });
}
