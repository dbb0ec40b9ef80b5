/**
 * The codes of simple-websocket's family: which class carries each by default, and what it means.
 *
 * Room: errors. Data for people, the generated reference page and types; the classes import it as a type only.
 */
export const simpleWsCodes = {
  "simple-ws/error": { by: "SimpleWebsocketError", means: "A failure of a WebSocket connection that no other code describes." },
  "simple-ws/invalid-option": { by: "SimpleWebsocketError", means: "An option has a value outside its range; the message names both." },
  "simple-ws/invalid-argument": { by: "SimpleWebsocketError", means: "An argument has a value that cannot be sent, such as a reserved close code or an overlong ping." },
  "simple-ws/message-too-big": { by: "SimpleWebsocketError", means: "An outgoing message is longer than its limit." },
  "simple-ws/buffer-full": { by: "SimpleWebsocketError", means: "More outgoing data waits than the connection may hold; wait for the promise of `send`." },
  "simple-ws/too-many-pings": { by: "SimpleWebsocketError", means: "More pings wait for their pong than the limit allows." },
  "simple-ws/too-many-receivers": { by: "SimpleWebsocketError", means: "More calls of `receive` wait than the limit allows." },
  "simple-ws/already-attached": { by: "SimpleWebsocketError", means: "The connection is already read by somebody else, by `attach`, `receive` or iteration." },
  "simple-ws/already-running": { by: "SimpleWebsocketError", means: "The app runs already; one `run` at a time." },
  "simple-ws/handler-failed": { by: "SimpleWebsocketError", means: "A handler of the application threw; what it threw is the cause." },
  "simple-ws/connection-failed": { by: "ConnectionError", means: "The connection could not be established; the cause says why." },
  "simple-ws/connect-timeout": { by: "ConnectionError", means: "The connection was not established within the time limit." },
  "simple-ws/handshake-timeout": { by: "ConnectionError", means: "The opening handshake did not finish within the time limit." },
  "simple-ws/bad-handshake": { by: "ConnectionError", means: "The server's answer is not a valid WebSocket handshake." },
  "simple-ws/bad-status": { by: "ConnectionError", means: "The server answered the handshake with another status than 101; `statusCode` says which." },
  "simple-ws/bad-request": { by: "ConnectionError", means: "The client's request is not a valid WebSocket handshake; it is answered with 400." },
  "simple-ws/method-not-allowed": { by: "ConnectionError", means: "The client's request is no GET; it is answered with 405." },
  "simple-ws/not-found": { by: "ConnectionError", means: "No WebSocket is served at the requested path; it is answered with 404." },
  "simple-ws/upgrade-required": { by: "ConnectionError", means: "The client's request asks for no WebSocket, or for another version than 13; it is answered with 426." },
  "simple-ws/origin-refused": { by: "ConnectionError", means: "The request comes from a web page of an origin that is not allowed; it is answered with 403." },
  "simple-ws/refused": { by: "ConnectionError", means: "The application refused the connection." },
  "simple-ws/overloaded": { by: "ConnectionError", means: "The server holds as many connections as it may; the request is answered with 503." },
  "simple-ws/server-closing": { by: "ConnectionError", means: "The server is shutting down; the request is answered with 503." },
  "simple-ws/network-error": { by: "ConnectionError", means: "The network failed before the connection was established; the cause is the system's error." },
  "simple-ws/invalid-url": { by: "ConnectionError", means: "The URL is malformed, or its scheme is not supported." },
  "simple-ws/aborted": { by: "ConnectionError", means: "The caller's signal ended the operation; its reason is the cause." },
  "simple-ws/connection-closed": { by: "ConnectionClosed", means: "The connection is closing or closed; `reason` is the close code that says why." },
  "simple-ws/connection-lost": { by: "ConnectionClosed", means: "The network connection ended without a closing handshake (1006)." },
  "simple-ws/ping-timeout": { by: "ConnectionClosed", means: "The peer did not answer a ping within the time limit." },
  "simple-ws/idle-timeout": { by: "ConnectionClosed", means: "The peer sent no message within `idleTimeoutMs`; it is told 1008." },
  "simple-ws/inbox-full": { by: "ConnectionClosed", means: "More messages came than the inbox may hold, and the connection was told not to wait; the peer is told 1008." },
} as const;
