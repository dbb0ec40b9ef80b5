/**
 * What a refused client is told: the payload of CONNECT_ERROR (Socket.IO protocol v5, "Connection to a namespace").
 *
 * Room: socketio shell. A refusal is what the application said; a crash tells nothing about its insides.
 */
import { BadNamespaceError, ConnectionRefusedError } from "@x/errors/socketio";
import type { Failure } from "./middleware.js";

export interface Refusal {
  readonly message: string;
  readonly data?: unknown;
}

export interface Verdict {
  readonly refusal: Refusal;
  /** Whether it is a fault of the application, to be reported. */
  readonly isCrash: boolean;
}

export function judge({ error, isCrash }: Failure): Verdict {
  if (error instanceof ConnectionRefusedError) return { refusal: error.errorArgs, isCrash: false };
  if (error instanceof BadNamespaceError) return { refusal: { message: error.message || "Invalid namespace" }, isCrash: false };
  return isCrash ? { refusal: { message: "Internal server error" }, isCrash } : { refusal: spoken(error), isCrash };
}

/** `next(error)`: the application's words, and the `data` it put on the error, as with socket.io. */
function spoken(error: unknown): Refusal {
  if (typeof error !== "object" || error === null) return { message: String(error) };
  const { message, data } = error as { message?: unknown; data?: unknown };
  const text = typeof message === "string" ? message : "Connection refused";
  return data === undefined ? { message: text } : { message: text, data };
}
