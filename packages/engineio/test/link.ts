/**
 * Two sessions and the network between them, moved one event at a time: for tests of the core.
 *
 * Room: tests. Every channel keeps its order; between channels the test chooses.
 */
import type { StreamCarrier } from "../src/core/carrier.js";
import { type Handshake, encodeOpen } from "../src/core/open.js";
import type { PreparedPacket, WirePacket } from "../src/core/packet.js";
import { ClientSession } from "../src/core/client-session.js";
import { ClientPolling } from "../src/core/polling-client.js";
import { ServerPolling } from "../src/core/polling-server.js";
import type { CloseReason, SessionConfig } from "../src/core/session-config.js";
import { Session } from "../src/core/session.js";
import type { CarriedSession } from "../src/core/session-ports.js";
import type { SessionSink } from "../src/core/session-sink.js";
import { neutralText } from "../src/core/text.js";
import * as Wire from "../src/core/wire.js";

export const times = { pingInterval: 25_000, pingTimeout: 20_000 };

export function config(clock: { now(): number }, more: Partial<SessionConfig> = {}): SessionConfig {
  return {
    clock, text: neutralText, upgradeTimeoutMs: 10_000, closeTimeoutMs: 30_000,
    maxBufferedBytes: 1_000_000, highWaterMarkBytes: 65_536, maxOutgoingPackets: 16, maxUnaskedPongs: 10, ...more,
  };
}

/** Writes down all that a session reports. */
export class Witness implements SessionSink {
  readonly messages: (string | Uint8Array)[] = [];
  readonly log: string[] = [];
  readonly closes: [CloseReason, unknown][] = [];
  opened: (handshake: Handshake) => void = () => undefined;
  retry = false;

  onOpen(handshake: Handshake): void { this.log.push("open"); this.opened(handshake); }
  onOpenFailed(): boolean { return this.retry; }
  onMessage(data: string | Uint8Array): void { this.messages.push(data); }
  onPacket(wire: WirePacket): void { this.log.push(`packet ${String(wire)}`); }
  onPacketCreate(wire: WirePacket): void { this.log.push(`packetCreate ${String(wire)}`); }
  onHeartbeat(): void { this.log.push("heartbeat"); }
  onUpgrading(): void { this.log.push("upgrading"); }
  onUpgrade(): void { this.log.push("upgrade"); }
  onUpgradeError(): void { this.log.push("upgradeError"); }
  onDrain(): void { this.log.push("drain"); }
  onDeadline(): void { this.log.push("deadline"); }
  onClose(reason: CloseReason, description: unknown): void { this.closes.push([reason, description]); }
}

/** A stream that writes down what it is given. */
export class Tape implements StreamCarrier {
  readonly name = "websocket";
  isCongested = false;
  readonly written: WirePacket[] = [];
  readonly ends: [string, number][] = [];
  readonly log: string[] = [];
  readonly session: CarriedSession;

  constructor(session: CarriedSession) {
    this.session = session;
  }

  write(packet: WirePacket): Promise<void> {
    this.written.push(packet);
    return Promise.resolve();
  }

  writePrepared(packet: PreparedPacket): Promise<void> {
    return this.write(packet.wire);
  }

  flush(): Promise<void> {
    for (let packet = this.session.outbox.shift(); packet !== undefined; packet = this.session.outbox.shift()) {
      void this.write(typeof packet === "object" && "wire" in packet ? packet.wire : packet);
    }
    this.session.flushed();
    return Promise.resolve();
  }

  pause(): void { this.log.push("pause"); }
  resume(): void { this.log.push("resume"); }

  end(goodbye: string, closeCode: number): void {
    this.ends.push([goodbye, closeCode]);
  }
}

/** One end of a WebSocket. */
class StreamEnd extends Tape {
  peer: StreamEnd | undefined;
  isUp = true;
  readonly #network: Network;
  readonly #channel: string;

  constructor(session: CarriedSession, network: Network, channel: string) {
    super(session);
    this.#network = network;
    this.#channel = channel;
  }

  override write(packet: WirePacket): Promise<void> {
    if (!this.isUp) throw new Error("not open");
    this.#network.push(this.#channel, () => this.peer?.arrive(packet));
    return Promise.resolve();
  }

  override flush(): Promise<void> {
    return this.isUp ? super.flush() : Promise.resolve();
  }

  override end(): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.#network.push(this.#channel, () => this.peer?.lose());
  }

  arrive(packet: WirePacket): void {
    if (this.isUp) this.session.receive(packet, this);
  }

  lose(): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.session.carrierEnded(this, "transport close", undefined);
  }
}

/** What the network itself carries; all other channels are turns of one end. */
const carried: readonly string[] = ["GET", "POST", "GET answer", "POST answer", "connect", "up", "down"];

/** A client and a server session that speak polling, and a WebSocket when the client asks for it. */
export class Network {
  nowMs = 0;
  readonly clientSink: Witness = new Witness();
  readonly serverSink: Witness = new Witness();
  readonly client: ClientSession;
  readonly server: Session;
  /** The channels of all events so far, in their order. */
  readonly course: string[] = [];
  readonly #channels = new Map<string, (() => void)[]>();
  readonly #clientPolling: ClientPolling;
  readonly #serverPolling: ServerPolling;
  #socket: [StreamEnd, StreamEnd] | undefined;
  #isHttpUp = true;
  #isSilent = false;
  #requestsUnderWay = 0;
  #parked: { readonly answer: (payload: string) => void } | undefined;

  constructor(more: Partial<SessionConfig> = {}) {
    const clock = { now: (): number => this.nowMs };
    this.client = new ClientSession(config(clock, { maxBufferedBytes: 1e6, ...more }), this.clientSink);
    this.server = new Session(config(clock, more), this.serverSink, 1e6, 1e6);
    this.#serverPolling = new ServerPolling(this.server, 1000, (polling) => this.push("server turn", () => polling.answerScheduled()));
    this.#clientPolling = new ClientPolling(this.client, {
      get: () => this.#request("GET", () => this.#get()),
      post: (payload) => this.#request("POST", () => this.#post(payload)),
      abort: () => this.#abort(),
      schedule: (polling) => this.push("client turn", () => polling.postQueued()),
    }, 1000);
    this.client.start(this.#clientPolling);
    this.client.openWithin(40_000);
    this.server.start(this.#serverPolling);
    this.server.open(encodeOpen({ sid: "s", upgrades: ["websocket"], ...times, maxPayload: 1e6 }), times.pingInterval, times.pingTimeout);
    this.clientSink.opened = () => this.push("connect", () => this.#connect());
    this.#clientPolling.start();
  }

  push(channel: string, event: () => void): void {
    if (this.#isSilent && carried.includes(channel)) return;
    const events = this.#channels.get(channel) ?? [];
    events.push(event);
    this.#channels.set(channel, events);
  }

  /** Let the first event of one channel happen. @returns `false` when nothing is under way. */
  step(choice: number): boolean {
    const busy = [...this.#channels].filter(([, events]) => events.length > 0);
    const [channel, events] = busy[choice % Math.max(1, busy.length)] ?? [];
    if (channel !== undefined) this.course.push(channel);
    const event = events?.shift();
    event?.();
    return event !== undefined;
  }

  settle(): void {
    for (let choice = 0; this.step(choice); choice++);
  }

  advance(ms: number): void {
    this.nowMs += ms;
    this.client.tick(this.nowMs);
    this.server.tick(this.nowMs);
  }

  /** Time passes until nobody waits for anything any more. */
  exhaust(ms: number): void {
    for (let elapsed = 0; elapsed < ms; elapsed += 400) {
      this.advance(400);
      this.settle();
    }
  }

  /** What should have been given back: all of it is empty, or `Infinity`, when nothing is left. */
  get leftovers(): unknown {
    return {
      deadlines: [this.client.deadlineMs, this.server.deadlineMs],
      outboxes: [this.client.outbox.length, this.server.outbox.length],
      isParked: this.#parked !== undefined,
      requests: this.#requestsUnderWay,
      streams: this.#socket?.filter(({ isUp }) => isUp).length ?? 0,
    };
  }

  /** The WebSocket's cable is pulled: what is on the way is gone, and both ends are told. */
  cutSocket(): void {
    this.#channels.delete("up");
    this.#channels.delete("down");
    const ends = this.#socket;
    if (ends === undefined) this.#channels.delete("connect");
    else for (const end of ends) end.lose();
  }

  /** So is the one of polling. */
  cutHttp(): void {
    this.#isHttpUp = false;
    for (const channel of ["GET", "POST", "GET answer", "POST answer"]) this.#channels.delete(channel);
    const parked = this.#parked;
    this.#parked = undefined;
    if (parked !== undefined) this.#serverPolling.pollLost(parked);
    this.#requestsUnderWay = 0;
    this.#clientPolling.failed(new Error("cut"));
  }

  /** All cables are pulled, and nobody is told. */
  silence(): void {
    this.#isSilent = true;
    for (const channel of carried) this.#channels.delete(channel);
  }

  #request(channel: "GET" | "POST", arrive: () => void): void {
    this.#requestsUnderWay++;
    this.push(channel, arrive);
  }

  #answer(channel: "GET answer" | "POST answer", arrive: () => void): void {
    this.push(channel, () => {
      if (this.#requestsUnderWay > 0) this.#requestsUnderWay--;
      arrive();
    });
  }

  #abort(): void {
    this.#requestsUnderWay = 0;
    this.push("GET", () => {
      const parked = this.#parked;
      this.#parked = undefined;
      if (parked !== undefined) this.#serverPolling.pollLost(parked);
    });
  }

  #get(): void {
    if (!this.#isHttpUp) {
      this.#answer("GET answer", () => this.#clientPolling.failed(new Error("cut")));
      return;
    }
    const parked = {
      answer: (payload: string): void => {
        this.#parked = undefined;
        this.#answer("GET answer", () => this.#clientPolling.received(payload));
      },
    };
    this.#parked = parked;
    if (this.#serverPolling.poll(parked)) return;
    this.#parked = undefined;
    this.#answer("GET answer", () => this.#clientPolling.failed(new Error("400")));
  }

  #post(payload: string): void {
    const isTaken = this.#isHttpUp && this.#serverPolling.beginPost() && this.#serverPolling.post(payload);
    this.#answer("POST answer", () => (isTaken ? this.#clientPolling.posted() : this.#clientPolling.failed(new Error("400"))));
  }

  #connect(): void {
    const client = new StreamEnd(this.client, this, "up");
    const server = new StreamEnd(this.server, this, "down");
    client.peer = server;
    server.peer = client;
    this.#socket = [client, server];
    if (!this.server.tryUpgrade(server)) server.end();
    if (this.client.tryUpgrade(client)) void client.write(Wire.probe);
    else client.end();
  }
}
