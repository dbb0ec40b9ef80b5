/** Debian's Python and its three WebSocket libraries as processes of their own. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export type Library = "websockets" | "websocket-client" | "wsproto";

const PYTHON = "/usr/bin/python3";
const PACKAGES = "/usr/lib/python3/dist-packages";
const program = join(import.meta.dirname, "../../peers/peer.py");

export const installPython = "apt-get install -y python3-websocket python3-websockets python3-wsproto";

/** Whether the libraries are there. Where they must be, with CI=true, a test without them fails. */
export const hasPython: boolean = existsSync(PYTHON) && ["websocket", "websockets", "wsproto"].every((name) => existsSync(join(PACKAGES, name)));

export interface PythonServer {
  readonly url: string;
  close(): Promise<void>;
}

/** An echo server. */
export async function pythonServer(library: Library): Promise<PythonServer> {
  const child = spawn(PYTHON, [program, library, "server"], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`${library} ended with ${String(code)} before it listened`)));
  });
  return {
    url: `ws://127.0.0.1:${port}/`,
    close: async () => {
      child.stdin.end();
      await gone;
    },
  };
}

export interface PythonClient {
  /** One per message: whether it came back as it was. */
  readonly echoed: readonly boolean[];
  readonly subprotocol: string | null;
  readonly extensions: readonly string[];
  readonly closed: readonly [number, string] | null;
}

/** What a client saw that spoke to `url`. */
export async function pythonClient(library: Library, url: string): Promise<PythonClient> {
  const child = spawn(PYTHON, [program, library, "client", url], { stdio: ["ignore", "pipe", "pipe"] });
  const [output, failures] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === "") throw new Error(`${library} failed: ${failures.slice(-2_000)}`);
  return JSON.parse(output) as PythonClient;
}
