/**
 * One session that begins with polling and goes on over a WebSocket, as engine.io-client does it: open, park a poll, probe, wait for
 * the poll to come back, upgrade, and exchange one message.
 */
import { getRequest, HttpLink, POLLING_PATH, sessionPath } from "./http-link.js";
import { Link, type Hooks } from "./link.js";
import { frame } from "./wire.js";

const probe = frame(1, Buffer.from("2probe"), true).toString("base64");
const upgradeAndSend = Buffer.concat([frame(1, Buffer.from("5"), true), frame(1, Buffer.from("4hello"), true)]);

/** Resolves once the message is back; both connections are reset. */
export async function upgradeSession(port: number): Promise<void> {
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const polling = new HttpLink(port, (error) => fail(error));
  const session = async (): Promise<void> => {
    const path = sessionPath(await polling.asked(getRequest(POLLING_PATH)));
    const parked = polling.asked(getRequest(path));
    const hooks: Hooks = { onReplies: () => undefined, onLost: (error) => fail(error) };
    const preamble = { path: path.replace("transport=polling", "transport=websocket"), greeting: probe, framesBefore: 1 };
    const link = await new Promise<Link>((resolve) => new Link({ port, preamble }, hooks, resolve));
    await parked;
    await new Promise<void>((resolve) => {
      hooks.onReplies = () => resolve();
      link.socket.write(upgradeAndSend);
    });
    fail = () => undefined;
    link.socket.resetAndDestroy();
  };
  try {
    await Promise.race([session(), failed]);
  } finally {
    fail = () => undefined;
    polling.socket.resetAndDestroy();
  }
}
