/**
 * A server's namespace as the adapter contract sees it: sockets that note what reaches them and answer what asks.
 *
 * Room: socketio adapter. No time passes here; waiting is for the next thing that happens.
 */
import type { BroadcastOptions, Room, SocketId } from "../core/broadcast.js";
import type { Untyped } from "../core/event-types.js";
import type { EncodedPacket, Packet } from "../core/packet.js";
import * as PacketType from "../core/packet-type.js";
import { readCodec } from "../core/parser.js";
import type { Adapter, AdapterNamespace, AdapterSocket, WriteOptions } from "./port.js";

const codec = /* @__PURE__ */ readCodec({});

/** An adapter did not do what the contract says. */
export class ContractViolation extends Error {
  override readonly name: string = "ContractViolation";
}

/** @throws {ContractViolation} when two values differ as JSON, in which bytes are told from what looks like them. */
export function equal(what: string, actual: unknown, expected: unknown): void {
  const [found, wanted] = [plain(actual), plain(expected)];
  if (found !== wanted) throw new ContractViolation(`${what}: ${found}, must be ${wanted}`);
}

function plain(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, item: unknown) {
    const given = this[key]; // a Buffer that has yet to turn itself into an object
    if (given instanceof Uint8Array) return `bytes ${given.join(" ")}`;
    return item === undefined ? "undefined" : item;
  });
}

/** What reached a client. */
interface Delivery {
  readonly nsp: string;
  readonly data: readonly unknown[];
  readonly isVolatile: boolean;
  readonly compress: boolean | undefined;
}

class ContractSocket implements AdapterSocket {
  readonly id: SocketId;
  readonly handshake: object = {};
  readonly data: unknown;
  readonly acks: Map<number, (...args: Untyped[]) => void> = new Map<number, (...args: Untyped[]) => void>();
  readonly client: AdapterSocket["client"];
  readonly received: Delivery[] = [];
  /** What outgoing listeners would hear. */
  readonly announced: (readonly unknown[])[] = [];
  readonly #node: ContractNode;
  readonly #decoder = codec.createDecoder();

  constructor(id: SocketId, node: ContractNode) {
    this.id = id;
    this.data = { of: id };
    this.#node = node;
    this.client = { writeToEngine: (packets, options) => this.#receive(packets, options) };
  }

  get rooms(): ReadonlySet<Room> {
    return this.#node.adapter.socketRooms(this.id) ?? new Set();
  }

  join(rooms: Room | Room[]): Promise<void> | void {
    const done = this.#node.adapter.addAll(this.id, new Set(typeof rooms === "string" ? [rooms] : rooms));
    this.#node.changed();
    return done;
  }

  leave(room: Room): Promise<void> | void {
    const done = this.#node.adapter.del(this.id, room);
    this.#node.changed();
    return done;
  }

  disconnect(close = false): void {
    this.#node.ended.push(`${this.id} ${String(close)}`);
    this.#node.remove(this.id);
  }

  notifyOutgoingListeners({ data }: Packet): void {
    this.announced.push(data as readonly unknown[]); // of an EVENT
  }

  /** As a client would, which acknowledges with its name and what it was asked. */
  #receive(packets: EncodedPacket, { volatile: isVolatile = false, compress }: WriteOptions): void {
    for (const message of packets) {
      const packet = this.#decoder.push(message);
      if (packet === undefined) continue;
      const { nsp, id } = packet;
      const data = packet.data as readonly unknown[]; // of an EVENT
      this.received.push({ nsp, data, isVolatile, compress });
      if (id !== undefined) this.acks.get(id)?.([this.id, ...data]);
    }
    this.#node.changed();
  }
}

export class ContractNode implements AdapterNamespace {
  readonly name: string = "/contract";
  readonly sockets: Map<SocketId, ContractSocket> = new Map<SocketId, ContractSocket>();
  readonly server: AdapterNamespace["server"] = { encoder: codec, opts: {} };
  /** Sockets that were disconnected, and whether their connection was to end. */
  readonly ended: string[] = [];
  /** What other servers said. */
  readonly told: unknown[][] = [];
  _ids = 0;
  readonly #label: string;
  #adapter: Adapter | undefined;
  readonly #waiting: (() => void)[] = [];

  private constructor(label: string) {
    this.#label = label;
  }

  static async start(label: string, create: (nsp: AdapterNamespace) => Adapter | Promise<Adapter>): Promise<ContractNode> {
    const node = new ContractNode(label);
    node.#adapter = await create(node);
    await node.#adapter.init();
    return node;
  }

  get adapter(): Adapter {
    if (this.#adapter === undefined) throw new ContractViolation("The adapter uses the namespace's sockets before it is made");
    return this.#adapter;
  }

  add(id: SocketId, rooms: readonly Room[]): void {
    this.sockets.set(id, new ContractSocket(id, this));
    void this.adapter.addAll(id, new Set([id, ...rooms]));
  }

  remove(id: SocketId): void {
    this.adapter.delAll(id);
    this.sockets.delete(id);
    this.changed();
  }

  roomsOf(id: SocketId): Room[] {
    return [...this.adapter.socketRooms(id) ?? []].sort();
  }

  /** @returns the names of the events that each socket has received, once it has as many. */
  async arrived(counts: Record<SocketId, number>): Promise<Record<SocketId, string[]>> {
    await this.until(() => Object.entries(counts).every(([id, count]) => this.#received(id).length >= count));
    return Object.fromEntries(Object.keys(counts).map((id) => [id, this.#received(id).map(({ data: [name] }) => String(name))]));
  }

  /** @returns what a socket has received, once it is as much, and what its outgoing listeners were told. */
  async deliveries(id: SocketId, count: number): Promise<{ received: readonly Delivery[]; announced: readonly (readonly unknown[])[] }> {
    await this.until(() => this.#received(id).length >= count);
    return { received: this.#received(id), announced: this.sockets.get(id)?.announced ?? [] };
  }

  /** @returns the replies to a question with bytes, once every server has said how many there will be and all are in. */
  async ask(options: BroadcastOptions, servers: number): Promise<unknown[]> {
    const replies: unknown[] = [];
    const counts: number[] = [];
    this.adapter.broadcastWithAck({ type: PacketType.EVENT, data: ["question", new Uint8Array([7])] }, options, (count) => {
      counts.push(count);
      this.changed();
    }, (reply: unknown) => {
      replies.push(reply);
      this.changed();
    });
    await this.until(() => counts.length >= servers && replies.length >= counts.reduce((sum, count) => sum + count, 0));
    return replies.sort();
  }

  /** Resolves when it is so, looked at whenever something happens. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  #received(id: SocketId): readonly Delivery[] {
    return this.sockets.get(id)?.received ?? [];
  }

  /** Something happened. */
  changed(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  _onServerSideEmit([event, ...args]: unknown[]): void {
    const last = args.at(-1);
    if (typeof last === "function") (last as (reply: string) => void)(`${this.#label} heard ${String(event)}`);
    else this.told.push([event, ...args]);
    this.changed();
  }
}
