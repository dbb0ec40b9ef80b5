/**
 * The codes of Socket.IO's family: which class carries each by default, and what it means.
 *
 * Room: errors. Data for people, the generated reference page and types; the classes import it as a type only.
 */
export const socketioCodes = {
  "socketio/error": { by: "SocketIOError", means: "A failure of Socket.IO that no other code describes." },
  "socketio/invalid-option": { by: "SocketIOError", means: "An option has a value outside its range; the message names both." },
  "socketio/invalid-argument": { by: "SocketIOError", means: "An argument cannot be sent, such as a value that refers to itself." },
  "socketio/invalid-packet": { by: "SocketIOError", means: "The peer sent a packet that cannot be decoded; the connection is closed." },
  "socketio/unexpected-packet": { by: "SocketIOError", means: "The peer sent a packet that is not allowed in this state; the connection is closed." },
  "socketio/too-many-attachments": { by: "SocketIOError", means: "A packet announces more binary attachments than the limit allows." },
  "socketio/too-many-acks": { by: "SocketIOError", means: "More emits wait for their acknowledgement than the limit allows." },
  "socketio/too-many-namespaces": { by: "SocketIOError", means: "The client asked for more namespaces than the limit allows." },
  "socketio/too-many-rooms": { by: "SocketIOError", means: "The socket is in as many rooms as it may be." },
  "socketio/too-deep": { by: "SocketIOError", means: "Data is nested deeper than the limit allows." },
  "socketio/buffer-full": { by: "SocketIOError", means: "More emits wait for the connection than the limit allows." },
  "socketio/reserved-event": { by: "SocketIOError", means: "The event's name is reserved and cannot be emitted." },
  "socketio/handler-failed": { by: "SocketIOError", means: "A handler of the application threw; what it threw is the cause." },
  "socketio/adapter-failed": { by: "SocketIOError", means: "The adapter that connects several servers failed; the cause says how." },
  "socketio/connection-failed": { by: "ConnectionError", means: "The connection could not be established; the cause says why." },
  "socketio/connection-lost": { by: "ConnectionError", means: "The connection was lost during an operation." },
  "socketio/reconnection-failed": { by: "ConnectionError", means: "All attempts to reconnect failed; the cause is the last one's error." },
  "socketio/aborted": { by: "ConnectionError", means: "The caller's signal ended the operation; its reason is the cause." },
  "socketio/connection-refused": { by: "ConnectionRefusedError", means: "The server's middleware or connect handler refused the client; `errorArgs` is what it said." },
  "socketio/timeout": { by: "TimeoutError", means: "The operation took longer than its limit." },
  "socketio/ack-timeout": { by: "TimeoutError", means: "The peer did not acknowledge the event within the time limit." },
  "socketio/connect-timeout": { by: "TimeoutError", means: "The connection was not established within the time limit." },
  "socketio/bad-namespace": { by: "BadNamespaceError", means: "The namespace's name is malformed." },
  "socketio/unknown-namespace": { by: "BadNamespaceError", means: "The server has no such namespace." },
  "socketio/namespace-refused": { by: "BadNamespaceError", means: "The client may not use the namespace." },
  "socketio/namespace-not-connected": { by: "BadNamespaceError", means: "The namespace is not connected." },
  "socketio/disconnected": { by: "DisconnectedError", means: "The client is disconnected for good; `reason` says why." },
  "socketio/unknown-session": { by: "DisconnectedError", means: "No client with this id is connected, or no longer." },
} as const;
