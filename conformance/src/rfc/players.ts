/** Plays bytes to our server and to our client over live TCP: what they heard, how it ended for them, and what they sent. */
import { createServer, type Socket } from "node:net";
import { connect, serve, type CloseInfo, type ConnectOptions, type PerMessageDeflateOptions, type WebSocketConnection } from "@x/simple-ws";
import { listen, toHex, type VectorEvent, type VectorRole } from "@x/testkit";
import { answerHead, dialRaw, FrameReader, readHead, send, type Seen } from "./raw-end.js";

export interface Played {
  readonly heard: readonly VectorEvent[];
  readonly info: CloseInfo;
  readonly seen: Seen;
}

export interface Player {
  /** Which side is under test. */
  readonly role: VectorRole;
  /** Opens a connection, sends `wire` in pieces, and waits for the end of both sides. */
  play(wire: Uint8Array, cuts: readonly number[]): Promise<Played>;
  close(): Promise<void>;
}

export interface PlayerOptions {
  readonly maxMessageBytes?: number;
  readonly perMessageDeflate?: PerMessageDeflateOptions | boolean;
  /** What the raw side says in `Sec-WebSocket-Extensions`. */
  readonly extensions?: string;
  /** Echoes messages. */
  readonly isEcho?: boolean;
}

export async function createPlayer(role: VectorRole, options: PlayerOptions = {}): Promise<Player> {
  return role === "server" ? await playToServer(options) : await playToClient(options);
}

const common = { pingIntervalMs: 0, closeTimeoutMs: 30_000 };

async function playToServer({ extensions, isEcho = false, ...options }: PlayerOptions): Promise<Player> {
  const waiting = new Map<string, (connection: WebSocketConnection) => void>();
  const server = await serve({ ...common, ...options, onConnection: (connection, { url = "" }) => waiting.get(url)?.(connection) });
  let count = 0;
  return {
    role: "server",
    close: () => server.close(),
    async play(wire, cuts) {
      const path = `/${++count}`;
      const ending = new Promise<Pick<Played, "heard" | "info">>((resolve) => waiting.set(path, (connection) => resolve(listenTo(connection, isEcho))));
      const socket = await dialRaw(server.port, path, ...fieldOf(extensions));
      const seen = await converse(socket, wire, cuts);
      waiting.delete(path);
      return { ...await ending, seen };
    },
  };
}

async function playToClient({ extensions, isEcho = false, ...options }: PlayerOptions): Promise<Player> {
  const sockets = new Map<string, (socket: Socket) => void>();
  const accept = async (socket: Socket): Promise<void> => {
    socket.on("error", () => undefined);
    const request = await readHead(socket);
    sockets.get(request.split(" ", 2)[1] ?? "")?.(socket);
    socket.write(answerHead(request, ...fieldOf(extensions)));
  };
  const server = await listen(createServer({ noDelay: true }, (socket) => void accept(socket)));
  let count = 0;
  return {
    role: "client",
    close: () => server.close(),
    async play(wire, cuts) {
      const path = `/${++count}`;
      const accepted = new Promise<Socket>((resolve) => sockets.set(path, resolve));
      const connecting: ConnectOptions = { ...common, ...options, proxy: false };
      const connection = await connect(`ws://127.0.0.1:${server.port}${path}`, connecting);
      const ending = listenTo(connection, isEcho);
      const seen = await converse(await accepted, wire, cuts);
      sockets.delete(path);
      return { ...await ending, seen };
    },
  };
}

function fieldOf(extensions: string | undefined): string[] {
  return extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`];
}

async function listenTo(connection: WebSocketConnection, isEcho: boolean): Promise<Pick<Played, "heard" | "info">> {
  const heard: VectorEvent[] = [];
  connection.attach({
    onMessage: (data) => {
      heard.push(typeof data === "string" ? ["text", data] : ["binary", toHex(data)]);
      if (isEcho) void connection.send(data);
    },
    onPing: (payload) => void heard.push(["ping", toHex(payload)]),
    onPong: (payload) => void heard.push(["pong", toHex(payload)]),
    onClose: () => undefined,
  });
  return { heard, info: await connection.closed };
}

/** The raw side: sends, reads, and ends when the other side has said Close. */
async function converse(socket: Socket, wire: Uint8Array, cuts: readonly number[]): Promise<Seen> {
  const reader = new FrameReader();
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("data", (chunk: Buffer) => {
    reader.push(chunk);
    if (reader.hasClose()) socket.end();
  });
  socket.resume();
  await send(socket, wire, cuts);
  await ended;
  return reader;
}
