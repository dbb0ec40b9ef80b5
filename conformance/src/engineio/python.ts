/** Debian's python-engineio as a process of its own, driven line by line (peers/engineio_peer.py). */
import { b64, hasPythonPackages, PythonPeer } from "../python-peer.js";

export { b64 };

const program = "engineio_peer.py";

export const installPythonEngine = "apt-get install -y python3-engineio python3-aiohttp python3-requests python3-websocket";

/** Whether the libraries are there. Where they must be, with CI=true, a test without them fails. */
export const hasPythonEngine: boolean = hasPythonPackages("engineio", "aiohttp", "requests", "websocket");

/** AsyncServer on aiohttp; `options` are python-engineio's, beside `echo` and `refuse`. */
export async function pythonEngineServer(options: Readonly<Record<string, unknown>> = {}): Promise<{ readonly peer: PythonPeer; readonly url: string }> {
  const peer = new PythonPeer(program, ["server", JSON.stringify(options)]);
  const [port] = await peer.next("listening");
  return { peer, url: `http://127.0.0.1:${String(port)}` };
}

/** Client or AsyncClient; `options` are those of its `connect`. */
export function pythonEngineClient(kind: "async" | "sync", url: string, options: Readonly<Record<string, unknown>> = {}): PythonPeer {
  return new PythonPeer(program, [kind, url, JSON.stringify(options)]);
}
