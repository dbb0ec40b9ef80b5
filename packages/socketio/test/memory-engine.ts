/** An Engine.IO link in memory: a server and its clients without ports, network or time. */
import { Emitter } from "@x/errors/emitter";
import { ContentTooLongError } from "@x/errors/engineio";
import type { PreparedPacket, SendOptions } from "@x/engineio/server";
import { FakeClock, settle } from "@x/testkit";
import { Manager } from "../src/shell/client/manager.js";
import type { ClientOptions, Socket as ClientSocket, Manager as RealManager } from "../src/client.js";
import type { EngineClient, EngineHandler } from "../src/shell/client/ports.js";
import { Server, type ServerOptions, type Socket } from "../src/server.js";

type Data = string | Uint8Array;

interface EndEvents {
  open: readonly [];
  heartbeat: readonly [];
  error: readonly [error: Error];
}

/** One end; what it sends arrives at the other in a later microtask. */
class End extends Emitter<EndEvents> implements EngineClient {
  readonly transport = { name: "memory" };
  readonly remoteAddress = "192.0.2.1";
  readonly request = { headers: { origin: "http://page" }, url: "/socket.io/?EIO=4&a=1&a=2&__proto__=x", socket: {} };
  readonly requestHead: object = this.request;
  readyState = "open";
  writeBuffer: unknown[] = [];
  other: End | undefined;
  /** Longest message that it takes. */
  maxLength: World["maxLength"] = Infinity;
  /** What was sent, in the form it was given. */
  readonly sent: unknown[] = [];
  /** Of each of them, whether it may be compressed. */
  readonly mayCompress: boolean[] = [];
  readonly id: string;
  #handler: EngineHandler | undefined;

  constructor(id: string) {
    super();
    this.id = id;
  }

  attach(handler: EngineHandler): void {
    this.#handler = handler;
  }

  send(data: Data, options?: SendOptions): Promise<void> {
    if (data.length > this.maxLength) throw new ContentTooLongError("Cannot send: message is too long");
    this.sent.push(data);
    this.mayCompress.push(options?.compress !== false);
    this.#carry(data);
    return Promise.resolve();
  }

  sendPrepared(prepared: PreparedPacket): Promise<void> {
    this.sent.push(prepared);
    this.mayCompress.push(prepared.compress);
    this.#carry(dataOf(prepared));
    return Promise.resolve();
  }

  close(): void {
    this.end("forced close");
    const { other } = this;
    queueMicrotask(() => other?.end("transport close"));
  }

  end(reason: string): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.#handler?.onClose(reason, undefined);
  }

  #carry(data: Data): void {
    const { other } = this;
    queueMicrotask(() => {
      if (other?.readyState === "open") other.#handler?.onMessage(typeof data === "string" ? data : data.slice());
    });
  }
}

function dataOf(prepared: PreparedPacket): Data {
  const { wire } = prepared as unknown as { wire: Data };
  return typeof wire === "string" ? wire.slice(1) : wire;
}

export interface World {
  readonly clock: FakeClock;
  readonly server: Server;
  readonly failures: { error: unknown; context: Record<string, unknown> }[];
  /** The links made so far, the server's ends. */
  readonly ends: End[];
  /** What clients were told to connect to. */
  readonly dialled: { url: string; options: Pick<ClientOptions, "extraHeaders" | "query"> }[];
  /** What a connection that does not work fails with. */
  failure: Error;
  /** Whether connecting works. */
  isUp: boolean;
  /** Longest message that clients' ends take. */
  maxLength: number;
  /** A client with a connection of its own; its clock is the world's. */
  client(options?: ClientOptions, namespace?: string): ClientSocket;
  /** Cuts every link. */
  cut(): void;
}

export function world(options: ServerOptions = {}): World {
  const clock = new FakeClock();
  const failures: World["failures"] = [];
  const server = new Server({ clock, onError: (error, context) => failures.push({ error, context }), ...options });
  const engine = Object.assign(new Emitter<Record<string, readonly unknown[]>>(), { close: () => Promise.resolve() });
  server.bind(engine as unknown as Parameters<Server["bind"]>[0]);
  const ends: End[] = [];
  const self: World = {
    clock,
    server,
    failures,
    ends,
    dialled: [],
    failure: new Error("connection refused"),
    isUp: true,
    maxLength: Infinity,
    client: (clientOptions = {}, namespace = "/") => {
      const manager = new Manager<ClientOptions, End>("memory", { clock, random: () => 0, onError: (error, context) => failures.push({ error, context: { ...context } }), ...clientOptions }, (url, dialOptions) => dial(url, dialOptions));
      return (manager as unknown as RealManager).socket(namespace, clientOptions);
    },
    cut: () => {
      for (const end of ends.splice(0)) {
        end.end("transport close");
        end.other?.end("transport close");
      }
    },
  };
  function dial(url: string, dialOptions: World["dialled"][number]["options"]): End {
    self.dialled.push({ url, options: dialOptions });
    const [near, far] = [new End(`client ${ends.length}`), new End(`server ${ends.length}`)];
    const { isUp } = self;
    near.maxLength = self.maxLength;
    queueMicrotask(() => {
      if (!isUp) {
        near.emit("error", self.failure);
        return;
      }
      near.other = far;
      far.other = near;
      ends.push(far);
      engine.emit("connection", far);
      near.emit("open");
    });
    return near;
  }
  return self;
}

/** A connected pair. */
export async function join(place: World, options: ClientOptions = {}): Promise<{ socket: ClientSocket; peer: Socket }> {
  const arrival = new Promise<Socket>((resolve) => void place.server.once("connection", resolve));
  const socket = place.client(options);
  await settle();
  return { socket, peer: await arrival };
}
