/**
 * The codes of this package's own helpers.
 *
 * Room: errors. Data for people, the generated reference page and types.
 */
export const errorsCodes = {
  "errors/error": { by: "TransportError", means: "A failure that an application reports through the root class." },
  "errors/invalid-option": { by: "TransportError", means: "An option of a helper has a value outside its range; the message names both." },
  "errors/aborted": { by: "TransportError", means: "The caller's signal ended the waiting; its reason is the cause." },
  "errors/circuit-open": { by: "CircuitOpenError", means: "The circuit breaker is open and lets no call through." },
} as const;
