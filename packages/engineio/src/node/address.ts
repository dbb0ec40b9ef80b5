/**
 * Where an HTTP server listens.
 *
 * Room: engineio node.
 */
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server as HttpsServer } from "node:https";
import { EngineIOError } from "@x/errors/engineio";

/** @throws {EngineIOError} `engineio/error` unless `server` listens on TCP. */
export function addressOf(server: HttpServer | undefined): AddressInfo {
  const address = server?.address() ?? null;
  if (address !== null && typeof address === "object") return address;
  throw new EngineIOError("Cannot tell where the server is: it does not listen on a port");
}

/** @returns e.g. `http://127.0.0.1:3000`; throws as {@link addressOf}. */
export function urlOf(server: HttpServer | undefined): string {
  const { address, family, port } = addressOf(server);
  const host = address === "::" || address === "0.0.0.0" ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  return `${server instanceof HttpsServer ? "https" : "http"}://${host}:${port}`;
}
