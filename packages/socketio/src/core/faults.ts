/**
 * The two faults a codec knows: what a peer wrote wrongly, and what our own caller asked wrongly.
 *
 * Room: socketio core. What a peer wrote is never quoted.
 */
import { SocketIOError, type SocketIOCode } from "@x/errors/socketio";

/** A message of the peer breaks the protocol: the connection is closed with "parse error". */
export function invalidPacket(what: string): SocketIOError {
  return new SocketIOError(`Cannot decode: ${what}`, { code: "socketio/invalid-packet" });
}

/** A well-formed packet, of the peer or for it, asks for more than a limit allows. */
export function overLimit(limit: string, value: number, code: SocketIOCode = "socketio/invalid-packet"): SocketIOError {
  return new SocketIOError(`Packet is over ${limit}`, { code, details: { limit, value } });
}

/** Something of our own has reached its limit, so that the caller's request is turned down. */
export function atLimit(message: string, code: SocketIOCode, limit: string, value: number): SocketIOError {
  return new SocketIOError(message, { code, details: { limit, value } });
}

export function invalidOption(message: string): SocketIOError {
  return new SocketIOError(`Invalid option: ${message}`, { code: "socketio/invalid-option" });
}

export function invalidArgument(message: string): SocketIOError {
  return new SocketIOError(message, { code: "socketio/invalid-argument" });
}

export function reservedEvent(event: string): SocketIOError {
  return new SocketIOError(`Cannot emit: "${event}" is a reserved event name`, { code: "socketio/reserved-event" });
}
