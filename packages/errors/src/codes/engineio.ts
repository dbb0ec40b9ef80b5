/**
 * The codes of Engine.IO's family: which class carries each by default, and what it means.
 *
 * Room: errors. Data for people, the generated reference page and types; the classes import it as a type only.
 */
export const engineioCodes = {
  "engineio/error": { by: "EngineIOError", means: "A failure of Engine.IO that no other code describes." },
  "engineio/invalid-option": { by: "EngineIOError", means: "An option has a value outside its range; the message names both." },
  "engineio/queue-full": { by: "EngineIOError", means: "More outgoing data waits than the session may hold; wait for `drain` or for the promise of `send`." },
  "engineio/handler-failed": { by: "EngineIOError", means: "A handler of the application threw; what it threw is the cause." },
  "engineio/content-too-long": { by: "ContentTooLongError", means: "A request body, a message or an outgoing `send` is longer than its limit." },
  "engineio/unknown-packet": { by: "UnknownPacketError", means: "The packet's type character is not one of 0 to 6." },
  "engineio/unexpected-packet": { by: "UnknownPacketError", means: "The packet's type is known, but this side may not receive it, or not now." },
  "engineio/bad-payload": { by: "UnknownPacketError", means: "A payload, a packet or its base64 cannot be decoded." },
  "engineio/too-many-packets": { by: "UnknownPacketError", means: "One payload holds more packets than its limit." },
  "engineio/too-many-pongs": { by: "UnknownPacketError", means: "The client sent more PONGs that answer no PING than its limit." },
  "engineio/bad-open": { by: "UnknownPacketError", means: "The server's open packet is missing, is not JSON, or lacks a valid field." },
  "engineio/unsupported-version": { by: "UnknownPacketError", means: "The peer speaks another version of the protocol than `EIO=4`." },
  "engineio/queue-empty": { by: "QueueEmpty", means: "Nothing has arrived that a non-blocking read could return." },
  "engineio/socket-closed": { by: "SocketIsClosedError", means: "The session has ended; its `reason` says why." },
  "engineio/connection-failed": { by: "ConnectionError", means: "The connection could not be established; the cause says why." },
  "engineio/connection-refused": { by: "ConnectionError", means: "The server answered, and refused the connection." },
  "engineio/connection-lost": { by: "ConnectionError", means: "The connection was lost during an operation." },
  "engineio/connect-timeout": { by: "ConnectionError", means: "The server did not open a session within the time limit." },
  "engineio/ping-timeout": { by: "ConnectionError", means: "No heartbeat of the peer arrived within the time limit." },
  "engineio/unknown-transport": { by: "ConnectionError", means: "The request or the options name a transport that does not exist or is switched off." },
  "engineio/unknown-session": { by: "ConnectionError", means: "The request names a session that does not exist here, or no longer." },
  "engineio/bad-handshake-method": { by: "ConnectionError", means: "A session can only be opened by GET." },
  "engineio/bad-request": { by: "ConnectionError", means: "The request does not follow the protocol." },
  "engineio/forbidden": { by: "ConnectionError", means: "The server's `allowRequest` refused the request." },
  "engineio/origin-refused": { by: "ConnectionError", means: "The request comes from a web page of an origin that is not allowed." },
  "engineio/overlapping-requests": { by: "ConnectionError", means: "Two polls or two posts of one session were under way at once." },
  "engineio/upgrade-failed": { by: "ConnectionError", means: "The upgrade to another transport failed; the session goes on with the first." },
  "engineio/server-closing": { by: "ConnectionError", means: "The server is shutting down and takes no new sessions." },
  "engineio/overloaded": { by: "ConnectionError", means: "The server holds as many sessions as it may." },
  "engineio/rate-limited": { by: "ConnectionError", means: "The address has opened too many sessions, or opens them too fast; `Retry-After` says when to try again." },
  "engineio/handshake-timeout": { by: "ConnectionError", means: "The application did not decide on a handshake within the time limit." },
  "engineio/request-timeout": { by: "ConnectionError", means: "The body of a POST was not complete within the time limit." },
  "engineio/transport-error": { by: "ConnectionError", means: "The transport failed; the cause says how." },
  "engineio/aborted": { by: "ConnectionError", means: "The caller's signal ended the operation; its reason is the cause." },
} as const;

