/** `ws`'s client, with the same limits and no compression; text is taken and given as a string. */
import { once } from "node:events";
import { WebSocket, type RawData } from "ws";
import { MAX_MESSAGE_BYTES } from "../servers/contract.js";
import { client, type ClientSpec } from "./contract.js";
import type { Subject } from "../servers/contract.js";

export const start = (spec: ClientSpec): Promise<Subject> => client(spec, async (url, onText) => {
  const socket = new WebSocket(url, { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  socket.on("message", (data: RawData) => onText((data as Buffer).toString()));
  await once(socket, "open");
  return { send: (text) => socket.send(text) };
});
