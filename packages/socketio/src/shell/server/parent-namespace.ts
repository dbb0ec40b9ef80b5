/**
 * The template of dynamic namespaces: what is registered on it is copied to each when it comes to be, and what is
 * emitted on it goes to all of them.
 *
 * Room: socketio shell.
 */
import { SocketIOError } from "@x/errors/socketio";
import type { AdapterNamespace, BroadcastPacket } from "../../adapter/port.js";
import { InMemoryAdapter } from "../../adapter/in-memory.js";
import type { BroadcastOptions } from "../../core/broadcast.js";
import { broadcast } from "./broadcast.js";
import { Namespace, type NamespaceServer } from "./namespace.js";
import type { ServerContext } from "./ports.js";

export class ParentNamespace extends Namespace {
  readonly children: Set<Namespace>;

  constructor(name: string, server: NamespaceServer, context: ServerContext) {
    const children = new Set<Namespace>();
    super(name, { ...server, createAdapter: (nsp) => new ParentAdapter(nsp, children), findKeeper: () => undefined }, context);
    this.children = children;
  }

  adopt(child: Namespace): void {
    this.copyTo(child);
    this.children.add(child);
  }
}

/** Passes broadcasts on to the children's adapters; it has no sockets of its own to answer for. */
class ParentAdapter extends InMemoryAdapter {
  readonly #children: ReadonlySet<Namespace>;

  constructor(nsp: AdapterNamespace, children: ReadonlySet<Namespace>) {
    super(nsp);
    this.#children = children;
  }

  override broadcast(packet: BroadcastPacket, options: BroadcastOptions): void {
    const data = packet.data as readonly unknown[]; // of an EVENT; adapters may add to it
    for (const { adapter, context } of this.#children) broadcast(adapter, context, { ...packet, data: [...data] }, options);
  }

  override broadcastWithAck(): void {
    throw unsupported();
  }

  override fetchSockets(): Promise<never> {
    return Promise.reject(unsupported());
  }
}

function unsupported(): SocketIOError {
  return new SocketIOError("A dynamic namespace has no sockets of its own: ask the namespaces that it became", { code: "socketio/bad-namespace" });
}
