/**
 * The codes of JetSocket's family: which class carries each by default, and what it means.
 *
 * Room: errors. Data for people, the generated reference page and types; the classes import it as a type only.
 */
export const poolCodes = {
  "pool/error": { by: "JetSocketError", means: "A failure of the pool or a resilient connection that no other code describes." },
  "pool/invalid-option": { by: "JetSocketError", means: "An option has a value outside its range; the message names both." },
  "pool/connection-failed": { by: "ConnectionError", means: "The connection could not be established; the cause says why." },
  "pool/aborted": { by: "ConnectionError", means: "The caller's signal ended the operation; its reason is the cause." },
  "pool/connection-closed": { by: "ConnectionClosedError", means: "The connection was lost or closed during an operation; `closeCode` and `reason` say how." },
  "pool/connection-timeout": { by: "ConnectionTimeoutError", means: "Connecting or an operation took longer than its limit." },
  "pool/connection-refused": { by: "ConnectionRefusedError", means: "The server refuses the connection." },
  "pool/protocol-error": { by: "ProtocolError", means: "The peer broke a rule of the protocol." },
  "pool/invalid-frame": { by: "InvalidFrameError", means: "The peer sent an invalid WebSocket frame." },
  "pool/invalid-message": { by: "InvalidMessageError", means: "A message cannot be deserialised or is not valid; the connection goes on." },
  "pool/buffer-error": { by: "BufferError", means: "A buffer of messages failed." },
  "pool/buffer-overflow": { by: "BufferOverflowError", means: "A bounded buffer is full and its policy is `error`." },
  "pool/pool-error": { by: "PoolError", means: "The pool failed in a way that no other code describes." },
  "pool/closed": { by: "PoolError", means: "The pool is closed; nothing can be acquired any more." },
  "pool/too-many-waiting": { by: "PoolError", means: "As many callers wait for a connection as may." },
  "pool/exhausted": { by: "PoolExhaustedError", means: "No connection became free within the deadline." },
  "pool/lease-leaked": { by: "PoolError", means: "A lease is held for longer than `leakWarningMs`; the cause's stack says where it was acquired." },
  "pool/duplicate-id": { by: "JetSocketError", means: "A message with the same id still waits for its acknowledgement." },
  "pool/too-many-receivers": { by: "JetSocketError", means: "As many calls of `receive` wait for a message as may." },
  "pool/too-many-channels": { by: "JetSocketError", means: "As many channels are subscribed to as may, in all or on all connections." },
  "pool/subscription-refused": { by: "JetSocketError", means: "The server refuses a channel; the cause is what it said." },
  "pool/invalid-state": { by: "InvalidStateError", means: "The operation is not allowed in the present state." },
  "pool/lease-released": { by: "InvalidStateError", means: "The lease has been given back; its resource may belong to somebody else." },
} as const;
