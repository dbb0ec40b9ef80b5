/** A cluster in one process: servers that tell each other what to do by messages, which a test may spoil on their way. */
import type { Adapter, AdapterNamespace, BroadcastOptions, BroadcastPacket } from "../src/adapter-contract.js";
import { InMemoryAdapter } from "../src/adapter/in-memory.js";
import type { Untyped } from "../src/core/event-types.js";

type Found = Awaited<ReturnType<Adapter["fetchSockets"]>>;

export interface Message {
  readonly kind: "broadcast" | "ask" | "join" | "leave" | "disconnect" | "tell" | "count" | "reply" | "find" | "found";
  readonly packet?: BroadcastPacket;
  readonly options?: BroadcastOptions;
  readonly rooms?: string[];
  readonly close?: boolean;
  /** Of `tell` and `reply`. */
  readonly args?: unknown[];
  readonly count?: number;
  readonly found?: Found;
}

/** @returns what arrives in a message's place; nothing when it is lost. */
export type Wire = (message: Message) => Message | undefined;

type Answer = (message: Message) => void;

/** @returns what makes the adapters of one cluster. */
export function bus(wire: Wire = (message) => message): (nsp: AdapterNamespace) => Adapter {
  const members: BusAdapter[] = [];
  return (nsp) => {
    const adapter = new BusAdapter(nsp, members, wire);
    members.push(adapter);
    return adapter;
  };
}

class BusAdapter extends InMemoryAdapter {
  readonly #members: readonly BusAdapter[];
  readonly #wire: Wire;

  constructor(nsp: AdapterNamespace, members: readonly BusAdapter[], wire: Wire) {
    super(nsp);
    this.#members = members;
    this.#wire = wire;
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(this.#peers.length + 1);
  }

  override broadcast(packet: BroadcastPacket, options: BroadcastOptions): void {
    super.broadcast(packet, options);
    this.#send({ kind: "broadcast", packet, options });
  }

  override broadcastWithAck(packet: BroadcastPacket, options: BroadcastOptions, onCount: (clients: number) => void, ack: (...args: Untyped[]) => void): void {
    this.#send({ kind: "ask", packet, options }, ({ kind, count = 0, args = [] }) => (kind === "count" ? onCount(count) : ack(...args)));
    super.broadcastWithAck(packet, options, onCount, ack);
  }

  override async fetchSockets(options: BroadcastOptions): Promise<Awaited<ReturnType<InMemoryAdapter["fetchSockets"]>>> {
    const own = await super.fetchSockets(options);
    const others: Found[] = await Promise.all(options.flags?.local === true ? [] : this.#peers.map((peer) => new Promise<Found>((resolve) => {
      this.#carry(peer, { kind: "find", options }, ({ found = [] }) => resolve(found));
    })));
    return [...own, ...others.flat()] as typeof own; // of others there is what can travel
  }

  override addSockets(options: BroadcastOptions, rooms: string[]): void {
    super.addSockets(options, rooms);
    this.#send({ kind: "join", options, rooms });
  }

  override delSockets(options: BroadcastOptions, rooms: string[]): void {
    super.delSockets(options, rooms);
    this.#send({ kind: "leave", options, rooms });
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): void {
    super.disconnectSockets(options, close);
    this.#send({ kind: "disconnect", options, close });
  }

  override serverSideEmit(packet: unknown[]): void {
    const last = packet.at(-1);
    if (typeof last !== "function") {
      this.#send({ kind: "tell", args: packet });
      return;
    }
    const replies: unknown[] = [];
    const settle = last as (error: null, replies: unknown[]) => void;
    if (this.#peers.length === 0) settle(null, replies);
    this.#send({ kind: "tell", args: packet.slice(0, -1) }, ({ args = [] }) => {
      if (replies.push(args[0]) === this.#peers.length) settle(null, replies);
    });
  }

  get #peers(): readonly BusAdapter[] {
    return this.#members.filter((member) => member !== this && member.nsp.name === this.nsp.name);
  }

  #send(message: Message, answer?: Answer): void {
    if (message.options?.flags?.local !== true) for (const peer of this.#peers) this.#carry(peer, message, answer);
  }

  /** A copy arrives later, as over a network. */
  #carry(peer: BusAdapter, message: Message, answer?: Answer): void {
    const copy = this.#wire(structuredClone(message));
    if (copy !== undefined) queueMicrotask(() => peer.#receive(copy, (given) => {
      const back = this.#wire(structuredClone(given));
      if (back !== undefined) queueMicrotask(() => answer?.(back));
    }, answer !== undefined));
  }

  #receive({ kind, packet = { type: 2 }, options = { rooms: new Set() }, rooms = [], close = false, args = [] }: Message, answer: Answer, isAsked: boolean): void {
    if (kind === "broadcast") super.broadcast(packet, options);
    else if (kind === "ask") super.broadcastWithAck(packet, options, (count) => answer({ kind: "count", count }), (...reply: unknown[]) => answer({ kind: "reply", args: reply }));
    else if (kind === "join") super.addSockets(options, rooms);
    else if (kind === "leave") super.delSockets(options, rooms);
    else if (kind === "disconnect") super.disconnectSockets(options, close);
    else if (kind === "tell") this.nsp._onServerSideEmit(isAsked ? [...args, (...reply: unknown[]) => answer({ kind: "reply", args: reply })] : args);
    else void super.fetchSockets(options).then((own) => answer({ kind: "found", found: own.map(({ id, handshake, rooms: joined, data }) => ({ id, handshake, rooms: new Set(joined), data })) }));
  }
}
