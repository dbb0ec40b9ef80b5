/**
 * The answer that lets a client in (Socket.IO protocol v5, "Connection to a namespace"), as the default codec writes it.
 *
 * Room: socketio shell. Every connection gets one, nearly always `0{"sid":"…"}`: to have JSON.stringify find that out costs as much as all
 * other steps from the question to the answer.
 */
import type { Codec } from "../../core/codec.js";
import type { EncodedPacket, Packet } from "../../core/packet.js";

/** What JSON writes as it is: ids of ours have no other characters. */
const plain = /^[\w-]+$/;

/** @returns what `codec`, which is the default one, makes of a CONNECT. */
export function greeter(codec: Codec): (answer: Packet) => EncodedPacket {
  return (answer) => {
    const sid = answer.nsp === "/" ? onlySid(answer.data) : undefined;
    return sid !== undefined && plain.test(sid) ? [`0{"sid":"${sid}"}`] : codec.encode(answer);
  };
}

/** @returns the id in `{ sid }`; `undefined` where there is more, as a client gets that may come back. */
function onlySid(data: unknown): string | undefined {
  const answer = data as Readonly<Record<string, unknown>>;
  for (const key in answer) if (key !== "sid") return undefined;
  return typeof answer["sid"] === "string" ? answer["sid"] : undefined;
}
