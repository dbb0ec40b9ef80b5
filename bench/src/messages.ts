/**
 * What the three processes tell each other. One question is open at a time; every question has one answer.
 */

/** How a connection comes to the point where it can send: a path to upgrade on, what to send then, how many frames to let pass. */
export interface Preamble {
  /** `undefined`: no handshake at all, as for the raw echo. */
  readonly path: string | undefined;
  /** Base64 of a frame sent right after the handshake. */
  readonly greeting: string | undefined;
  readonly framesBefore: number;
  /** `Sec-WebSocket-Extensions` of the request; default none. */
  readonly extensions?: string;
  /** Engine.IO over HTTP long-polling rather than a WebSocket: `path`, `greeting` and `framesBefore` are not looked at. */
  readonly isPolling?: boolean;
}

export interface LoadSpec {
  readonly port: number;
  readonly preamble: Preamble;
  readonly connections: number;
  /** Requests in one burst of one connection; the next burst leaves when all replies are in. */
  readonly inFlight: number;
  /** Base64. */
  readonly request: string;
  /** How many frames one request brings, on each connection that gets any. */
  readonly repliesPerRequest: number;
  /** `all`: each connection asks and is answered. `first`: the first asks, all are answered (broadcast). */
  readonly asks: "all" | "first";
}

export type GeneratorQuestion =
  | { readonly kind: "open"; readonly spec: LoadSpec }
  /** One request; the answer has the bytes of the whole reply on the last connection. */
  | { readonly kind: "first"; readonly replyBytes: number }
  /** So many requests, or as many as fit into a time. */
  | { readonly kind: "run"; readonly requests?: number; readonly forMs?: number }
  /** So many connections opened up to the point where they could send, and reset. */
  | { readonly kind: "handshakes"; readonly lanes: number; readonly count?: number; readonly forMs?: number; readonly spec: LoadSpec }
  /** So many sessions begun with polling and upgraded to a WebSocket. */
  | { readonly kind: "upgrades"; readonly lanes?: number; readonly count?: number; readonly forMs?: number; readonly spec: LoadSpec }
  /** Be the server that clients under test talk to: base64 of what each message must be. */
  | { readonly kind: "serve"; readonly payload: string }
  | { readonly kind: "close" };

export type GeneratorAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "reply"; readonly bytes: string }
  | { readonly kind: "ran"; readonly count: number; readonly elapsedMs: number; /** Of one session. */ readonly medianMs?: number }
  | { readonly kind: "serving"; readonly port: number };

export type ServerQuestion =
  | { readonly kind: "cpu" }
  | { readonly kind: "heap" }
  /** For subjects that are not servers: do the operation so often. */
  | { readonly kind: "work"; readonly count: number }
  | { readonly kind: "stop" };

export type ServerAnswer =
  | { readonly kind: "ready"; readonly port: number; readonly versions: string }
  | { readonly kind: "cpu"; readonly micros: number }
  | { readonly kind: "heap"; readonly bytes: number }
  | { readonly kind: "worked" };
