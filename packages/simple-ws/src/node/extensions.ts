/**
 * The extensions that a client offers or a server takes.
 *
 * Room: simple-ws node.
 */
import { checkFactories, perMessageDeflate, type ExtensionFactory, type PerMessageDeflateOptions } from "@x/wsframe";
import { zlibPort } from "./deflate.js";

export interface ExtensionOptions {
  /**
   * Compresses messages (RFC 7692) where the peer agrees. Default false: it costs CPU, memory (docs/how-to/compression.md), and
   * secrecy where a secret and what an attacker chose share a message.
   */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /** Further extensions, negotiated in this order after permessage-deflate. */
  readonly extensions?: readonly ExtensionFactory[];
}

const none: readonly ExtensionFactory[] = [];

/** @throws {WebSocketException} `wsframe/invalid-option`. */
export function parseExtensionOptions({ perMessageDeflate: deflate = false, extensions = none }: ExtensionOptions): readonly ExtensionFactory[] {
  if (deflate === false) return extensions.length === 0 ? none : checkFactories(extensions);
  return checkFactories([perMessageDeflate(zlibPort(), deflate === true ? {} : deflate), ...extensions]);
}
