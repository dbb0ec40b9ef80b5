/**
 * The events of a WHATWG `WebSocket`, and its `on…` attributes.
 *
 * Room: simple-ws node. Node has no CloseEvent and no ErrorEvent of its own in every version that counts.
 */

/** https://websockets.spec.whatwg.org/#the-closeevent-interface */
export class CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;

  constructor({ code, reason, wasClean }: { readonly code: number; readonly reason: string; readonly wasClean: boolean }) {
    super("close");
    this.code = code;
    this.reason = reason;
    this.wasClean = wasClean;
  }
}

/** A browser tells nothing of why; here `error` is what `connect` throws. */
export class ErrorEvent extends Event {
  readonly error: unknown;
  readonly message: string;

  constructor(type: string, error: unknown) {
    super(type);
    this.error = error;
    this.message = error instanceof Error ? error.message : "";
  }
}

export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  error: ErrorEvent;
  close: CloseEvent;
}

type Handler<Type extends keyof WebSocketEventMap> = ((event: WebSocketEventMap[Type]) => unknown) | null;

/** Event handler attributes of HTML: `onopen` and the like are listeners that can be replaced. */
export class EventHandlers extends EventTarget {
  readonly #handlers = new Map<string, { readonly handler: (event: never) => unknown; readonly listener: (event: Event) => void }>();

  get onopen(): Handler<"open"> {
    return this.#get("open");
  }

  set onopen(handler: Handler<"open">) {
    this.#set("open", handler);
  }

  get onmessage(): Handler<"message"> {
    return this.#get("message");
  }

  set onmessage(handler: Handler<"message">) {
    this.#set("message", handler);
  }

  get onerror(): Handler<"error"> {
    return this.#get("error");
  }

  set onerror(handler: Handler<"error">) {
    this.#set("error", handler);
  }

  get onclose(): Handler<"close"> {
    return this.#get("close");
  }

  set onclose(handler: Handler<"close">) {
    this.#set("close", handler);
  }

  #get<Type extends keyof WebSocketEventMap>(type: Type): Handler<Type> {
    return (this.#handlers.get(type)?.handler ?? null) as Handler<Type>;
  }

  #set<Type extends keyof WebSocketEventMap>(type: Type, handler: Handler<Type>): void {
    const before = this.#handlers.get(type);
    if (before !== undefined) this.removeEventListener(type, before.listener);
    this.#handlers.delete(type);
    if (typeof handler !== "function") return;
    const listener = (event: Event): void => void handler.call(this, event as WebSocketEventMap[Type]);
    this.#handlers.set(type, { handler, listener });
    this.addEventListener(type, listener);
  }
}
