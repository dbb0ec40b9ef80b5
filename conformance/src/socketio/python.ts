/** Debian's python-socketio (peers/socketio_peer.py). */
import { hasPythonPackages, PythonPeer } from "../python-peer.js";

const program = "socketio_peer.py";

export const installPythonSocketIO = "apt-get install -y python3-socketio python3-aiohttp python3-requests python3-websocket python3-msgpack";

/** Whether the libraries are there. Where they must be, with CI=true, a test without them fails. */
export const hasPythonSocketIO: boolean = hasPythonPackages("socketio", "aiohttp", "requests", "websocket", "msgpack");

/** AsyncServer on aiohttp; `options` are python-socketio's, beside `refuse`. */
export async function pythonServer(options: Readonly<Record<string, unknown>> = {}): Promise<{ readonly peer: PythonPeer; readonly url: string }> {
  const peer = new PythonPeer(program, ["server", JSON.stringify(options)]);
  const [port] = await peer.next("listening");
  return { peer, url: `http://127.0.0.1:${String(port)}` };
}

/** Client or AsyncClient; `options` are those of its `connect`, beside its own `serializer`. */
export function pythonClient(kind: "async" | "sync", url: string, options: Readonly<Record<string, unknown>> = {}): PythonPeer {
  return new PythonPeer(program, [kind, url, JSON.stringify(options)]);
}
