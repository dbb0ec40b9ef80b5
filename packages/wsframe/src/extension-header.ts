/**
 * The `Sec-WebSocket-Extensions` field, RFC 6455 §9.1: text in, entries out, and back.
 *
 * Room: wsframe core. Looks at every character once.
 */
import { WebSocketProtocolException } from "@x/errors/wsframe";
import type { ExtensionEntry, ExtensionParameter } from "./extension.js";

/** Entries of one field, and parameters of one entry; nobody needs a tenth of it. More is malformed. */
export const MAX_EXTENSION_ENTRIES = 32;
export const MAX_EXTENSION_PARAMETERS = 32;

/** A token (RFC 9110 §5.6.2), or a quoted string that must hold one once its backslashes are taken out (§9.1). */
const word = /[\t ]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"((?:[^"\\]|\\[\t -~])*)")[\t ]*/y;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * @returns the entries in their order; one name may stand several times, with different parameters.
 * @throws {WebSocketProtocolException} `wsframe/bad-handshake`: the field is malformed or longer than anybody's is.
 */
export function parseExtensions(field: string): readonly ExtensionEntry[] {
  const reader = new FieldReader(field);
  const entries: ExtensionEntry[] = [];
  do {
    if (entries.length === MAX_EXTENSION_ENTRIES) throw malformed(`it has more than ${MAX_EXTENSION_ENTRIES} entries`);
    entries.push(readEntry(reader));
  } while (reader.skip(","));
  reader.expectEnd();
  return entries;
}

function readEntry(reader: FieldReader): ExtensionEntry {
  const name = reader.token();
  const parameters: ExtensionParameter[] = [];
  while (reader.skip(";")) {
    if (parameters.length === MAX_EXTENSION_PARAMETERS) throw malformed(`an entry has more than ${MAX_EXTENSION_PARAMETERS} parameters`);
    parameters.push([reader.token(), reader.skip("=") ? reader.value() : undefined]);
  }
  return { name, parameters };
}

class FieldReader {
  readonly #field: string;
  #at = 0;

  constructor(field: string) {
    this.#field = field;
  }

  token(): string {
    const [plain] = this.#word();
    if (plain === undefined) throw malformed("a name is not a token");
    return plain;
  }

  value(): string {
    const [plain, quoted] = this.#word();
    const value = plain ?? quoted?.replace(/\\(.)/g, "$1") ?? "";
    if (!token.test(value)) throw malformed("a quoted value is not a token");
    return value;
  }

  skip(separator: string): boolean {
    const isThere = this.#field.charAt(this.#at) === separator;
    if (isThere) this.#at++;
    return isThere;
  }

  expectEnd(): void {
    if (this.#at !== this.#field.length) throw malformed("an entry is followed by something else than a comma");
  }

  #word(): readonly [plain: string | undefined, quoted: string | undefined] {
    word.lastIndex = this.#at;
    const match = word.exec(this.#field);
    if (match === null) throw malformed("a token is missing");
    this.#at = word.lastIndex;
    return [match[1], match[2]];
  }
}

/** @returns the field that says so; names and values must be tokens. */
export function formatExtensions(entries: readonly ExtensionEntry[]): string {
  return entries.map(({ name, parameters }) => [name, ...parameters.map(([key, value]) => (value === undefined ? key : `${key}=${value}`))].join("; ")).join(", ");
}

function malformed(why: string): WebSocketProtocolException {
  return new WebSocketProtocolException(`Cannot open: Sec-WebSocket-Extensions is malformed, ${why}`, { code: "wsframe/bad-handshake" });
}
