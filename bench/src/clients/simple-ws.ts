/** `@x/simple-ws`'s client in push mode. */
import { connect } from "@x/simple-ws/client";
import { MAX_MESSAGE_BYTES, type Subject } from "../servers/contract.js";
import { client, type ClientSpec } from "./contract.js";

export const start = (spec: ClientSpec): Promise<Subject> => client(spec, async (url, onText) => {
  const connection = await connect(url, { maxMessageBytes: MAX_MESSAGE_BYTES, pingIntervalMs: 0 });
  connection.attach({ onMessage: (data) => onText(data as string), onClose: () => undefined });
  return { send: (text) => void connection.send(text) };
});
