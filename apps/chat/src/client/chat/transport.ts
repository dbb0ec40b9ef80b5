/**
 * The connection as the page's logic sees it, and the one made of @x/socketio's client.
 *
 * Room: client/chat. Tests put a connection in memory in its place.
 */
import { io, type Socket } from "@x/socketio/client";
import type { Answer, Answers, ClientEvents, RequestInput, RequestName, ServerEvents } from "../../shared/contract.js";

export interface ConnectionWatcher {
  readonly onConnect: () => void;
  readonly onDisconnect: () => void;
  /** The server does not want this connection, and trying again alone will not help. */
  readonly onRefused: (code: string, message: string) => void;
}

export interface Transport {
  readonly isConnected: boolean;
  connect(): void;
  close(): void;
  /** Rejects when there is no connection, when it is lost meanwhile, or after `timeoutMs`. */
  ask<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<Answer<Answers[Name]>>;
  on<Name extends keyof ServerEvents>(event: Name, listener: ServerEvents[Name]): void;
  watch(watcher: ConnectionWatcher): void;
}

/** Milliseconds an answer may take. */
const ANSWER_MS = 10_000;

export function connectSocketIO(): Transport {
  let isWanted = false;
  const socket: Socket<ServerEvents, ClientEvents> = io({ autoConnect: false, reconnectionDelay: 500, reconnectionDelayMax: 4000 });
  return {
    get isConnected() { return socket.connected; },
    connect: () => {
      isWanted = true;
      socket.connect();
    },
    close: () => {
      isWanted = false;
      socket.disconnect();
    },
    ask: async (name, input) => {
      if (!socket.connected) throw new Error("Cannot ask: there is no connection");
      return askOver(socket, name, input);
    },
    on: (event, listener) => void socket.on(event, listener as never),
    watch: ({ onConnect, onDisconnect, onRefused }) => {
      socket.on("connect", onConnect);
      socket.on("disconnect", (reason) => {
        onDisconnect();
        // The server hung up on purpose (it does so when rooms could not be loaded): the client alone would stay away.
        if (reason === "io server disconnect") setTimeout(() => { if (isWanted) socket.connect(); }, 1000);
      });
      socket.on("connect_error", (error) => {
        const code = refusalCode(error);
        if (code === undefined) onDisconnect();
        else onRefused(code, error.message);
      });
    },
  };
}

/** The event map cannot be followed through a generic name; the contract's types hold on both sides of this line. */
async function askOver<Name extends RequestName>(socket: Socket<ServerEvents, ClientEvents>, name: Name, input: RequestInput<Name>): Promise<Answer<Answers[Name]>> {
  const untyped = socket.timeout(ANSWER_MS) as unknown as { emitWithAck(event: string, input: unknown): Promise<Answer<Answers[Name]>> };
  return untyped.emitWithAck(name, input);
}

/** A refusal by the server's middleware carries data; a broken connection does not. */
function refusalCode(error: Error): string | undefined {
  if (!("data" in error) || typeof error.data !== "object" || error.data === null) return undefined;
  return "code" in error.data && typeof error.data.code === "string" ? error.data.code : undefined;
}
