/**
 * The proxy that the environment names for a URL.
 *
 * Room: simple-ws node. Lower case wins, as everywhere; `HTTP_PROXY` in capitals is not believed in a CGI program, where a
 * client can set it by a `Proxy` header (CVE-2016-5385).
 */
import type { WebSocketUrl } from "../../core/url.js";
import { isExempt, isLoopback } from "./no-proxy.js";
import { parseProxy, type Proxy } from "./proxy-url.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {SimpleWebsocketError} `simple-ws/invalid-option`: a variable holds no proxy. */
export function environmentProxy(url: WebSocketUrl, env: Environment): Proxy | undefined {
  if (isLoopback(url.hostname) || isExempt(url, valueOf(env, ["no_proxy", "NO_PROXY"])?.value ?? "")) return undefined;
  const names = url.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", ...(env["REQUEST_METHOD"] === undefined ? ["HTTP_PROXY"] : [])];
  const found = valueOf(env, [...names, "all_proxy", "ALL_PROXY"]);
  return found === undefined ? undefined : parseProxy(found.value, found.name);
}

function valueOf(env: Environment, names: readonly string[]): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return { name, value };
  }
  return undefined;
}
