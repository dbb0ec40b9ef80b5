/** HTTP with any header: `fetch` writes some, such as `Host`, itself. */
import { once } from "node:events";
import { type IncomingMessage, request, type RequestOptions } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** @param content of the request. */
export async function ask(url: string, options: RequestOptions = {}, content?: string): Promise<Answer> {
  const asked = request(url, options);
  asked.end(content);
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}
