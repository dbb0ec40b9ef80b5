/** Either of our ends, open, with its peer played by hand. */
import { createServer, type Socket } from "node:net";
import { connect, serve, type ConnectOptions, type ServeOptions, type WebSocketConnection } from "@x/simple-ws";
import { listen, type VectorRole } from "@x/testkit";
import { answerHead, dialRaw, readHead } from "../rfc/raw-end.js";

export const roles = ["server", "client"] as const;

/** One connection: ours, and the bare socket at its other end. */
export interface Open {
  readonly ours: WebSocketConnection;
  readonly peer: Socket;
  /** Whether frames to us must be masked. */
  readonly isMasked: boolean;
}

/** A place where connections of one role can be opened. */
export interface Ground {
  open(): Promise<Open>;
  /** Ends what is left of all of them. */
  close(): Promise<void>;
}

export type GroundOptions = Pick<ServeOptions & ConnectOptions, keyof ServeOptions & keyof ConnectOptions>;

export async function ground(role: VectorRole, options: GroundOptions = {}): Promise<Ground> {
  const common: GroundOptions = { pingIntervalMs: 0, ...options };
  return role === "server" ? await serverGround(common) : await clientGround(common);
}

async function serverGround(options: GroundOptions): Promise<Ground> {
  const accepted: ((connection: WebSocketConnection) => void)[] = [];
  const peers = new Set<Socket>();
  const server = await serve({ ...options, onConnection: (connection) => accepted.shift()?.(connection) });
  return {
    async open() {
      const ours = new Promise<WebSocketConnection>((resolve) => accepted.push(resolve));
      const peer = await dialRaw(server.port);
      peers.add(peer);
      peer.once("close", () => peers.delete(peer));
      return { ours: await ours, peer, isMasked: true };
    },
    async close() {
      for (const peer of peers) peer.destroy();
      await server.close();
    },
  };
}

async function clientGround(options: GroundOptions): Promise<Ground> {
  const accepted: ((socket: Socket) => void)[] = [];
  const ours = new Set<WebSocketConnection>();
  const accept = async (socket: Socket): Promise<void> => {
    socket.on("error", () => undefined);
    socket.write(answerHead(await readHead(socket)));
    accepted.shift()?.(socket);
  };
  const server = await listen(createServer({ noDelay: true }, (socket) => void accept(socket)));
  return {
    async open() {
      const peer = new Promise<Socket>((resolve) => accepted.push(resolve));
      const connection = await connect(`ws://127.0.0.1:${server.port}/`, { ...options, proxy: false });
      ours.add(connection);
      void connection.closed.then(() => ours.delete(connection));
      return { ours: connection, peer: await peer, isMasked: false };
    },
    async close() {
      for (const connection of ours) connection.terminate();
      await server.close();
      await Promise.all(Array.from(ours, ({ closed }) => closed));
    },
  };
}
