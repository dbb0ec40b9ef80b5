/**
 * All extensions of one connection as one: negotiated together, applied in the order of the answer (RFC 6455 §9.1).
 *
 * Room: wsframe core.
 */
import { WebSocketException, WebSocketProtocolException } from "@x/errors/wsframe";
import { argumentFault } from "./faults.js";
import type { Extension, ExtensionEntry, ExtensionFactory, Transformed } from "./extension.js";
import { formatExtensions, parseExtensions } from "./extension-header.js";
import { reservedBits } from "./header.js";
import type { Opcode } from "./opcode.js";

/** What two peers agreed on. */
export interface AgreedExtensions {
  /** As on the wire; never "". */
  readonly field: string;
  /** The bits that may be set on a message's first frame. */
  readonly reservedBits: number;
  readonly extension: Extension;
}

interface Link {
  readonly reservedBits: number;
  readonly extension: Extension;
}

/** @throws {WebSocketException} `wsframe/invalid-option`: two extensions share a name or a reserved bit, or one claims none. */
export function checkFactories(factories: readonly ExtensionFactory[]): readonly ExtensionFactory[] {
  let taken = 0;
  for (const { name, reservedBits: bits } of factories) {
    const isValid = bits !== 0 && (bits & ~reservedBits) === 0 && (bits & taken) === 0;
    if (!isValid || factories.filter((other) => other.name === name).length > 1) {
      throw argumentFault("wsframe/invalid-option", `Cannot use extension ${name}: must have a name and a reserved bit (0x40, 0x20, 0x10) of its own`);
    }
    taken |= bits;
  }
  return factories;
}

/** A client's field, `undefined` for none. */
export function offerExtensions(factories: readonly ExtensionFactory[]): string | undefined {
  const entries = factories.flatMap((factory) => factory.offer());
  return entries.length === 0 ? undefined : formatExtensions(entries);
}

/**
 * A server's choice, in the order of its own list.
 * @throws {WebSocketProtocolException} `wsframe/bad-handshake`: the field is malformed.
 */
export function acceptExtensions(factories: readonly ExtensionFactory[], field: string): AgreedExtensions | undefined {
  const offers = parseExtensions(field);
  const answers: ExtensionEntry[] = [];
  const links: Link[] = [];
  for (const factory of factories) {
    const offered = offers.filter(({ name }) => name === factory.name);
    const agreed = offered.length === 0 ? undefined : factory.accept(offered);
    if (agreed === undefined) continue;
    answers.push(agreed.answer);
    links.push({ reservedBits: factory.reservedBits, extension: agreed.extension });
  }
  return answers.length === 0 ? undefined : chain(formatExtensions(answers), links);
}

/**
 * A client's view of a server's answer.
 * @throws {WebSocketProtocolException} `wsframe/bad-handshake`: malformed, not offered, or answered twice.
 */
export function agreeExtensions(factories: readonly ExtensionFactory[], field: string): AgreedExtensions {
  const answers = parseExtensions(field);
  const links = answers.map((answer): Link => {
    const factory = factories.find(({ name }) => name === answer.name);
    const isOnce = answers.filter(({ name }) => name === answer.name).length === 1;
    if (factory === undefined || !isOnce) {
      const why = factory === undefined ? "server uses an extension that was not offered" : "server names an extension twice";
      throw new WebSocketProtocolException(`Cannot open: handshake is invalid, ${why}`, { code: "wsframe/bad-handshake" });
    }
    return { reservedBits: factory.reservedBits, extension: agree(factory, answer) };
  });
  return chain(formatExtensions(answers), links);
}

/** @throws {WebSocketException} whatever the factory threw. */
function agree(factory: ExtensionFactory, answer: ExtensionEntry): Extension {
  try {
    return factory.agree(answer);
  } catch (error) {
    throw error instanceof WebSocketException ? error : new WebSocketException(`Cannot open: extension ${factory.name} failed`, { cause: error });
  }
}

function chain(field: string, links: readonly Link[]): AgreedExtensions {
  const [only, second] = links;
  const extension = only !== undefined && second === undefined ? only.extension : new Chain(links);
  return { field, reservedBits: links.reduce((bits, link) => bits | link.reservedBits, 0), extension };
}

/** Several extensions: outgoing messages pass them in order, incoming ones in reverse. */
class Chain implements Extension {
  readonly #links: readonly Link[];

  constructor(links: readonly Link[]) {
    this.#links = links;
  }

  wants(data: string | Uint8Array, mayCompress: boolean): boolean {
    return this.#links.some(({ extension }) => extension.wants(data, mayCompress));
  }

  encode(payload: Uint8Array, opcode: Opcode, done: Transformed, mayCompress: boolean): void {
    this.#encodeFrom(0, payload, opcode, 0, done, mayCompress);
  }

  decode(payload: Uint8Array, reserved: number, maxBytes: number, done: Transformed): void {
    this.#decodeFrom(this.#links.length - 1, payload, reserved, maxBytes, done);
  }

  close(): void {
    const faults: unknown[] = [];
    for (const { extension } of this.#links) {
      try {
        extension.close();
      } catch (error) {
        faults.push(error); // the others are closed all the same
      }
    }
    if (faults.length > 0) throw extensionFault(faults[0]);
  }

  #encodeFrom(index: number, payload: Uint8Array, opcode: Opcode, reserved: number, done: Transformed, mayCompress: boolean): void {
    const link = this.#links[index];
    if (link === undefined) {
      done(undefined, payload, reserved);
      return;
    }
    guard(() => {
      if (link.extension.wants(payload, mayCompress)) {
        link.extension.encode(payload, opcode, (error, encoded, bits) => {
          if (error === undefined) this.#encodeFrom(index + 1, encoded, opcode, reserved | bits, done, mayCompress);
          else done(error, encoded, reserved);
        }, mayCompress);
      } else {
        this.#encodeFrom(index + 1, payload, opcode, reserved, done, mayCompress);
      }
    }, payload, reserved, done);
  }

  #decodeFrom(index: number, payload: Uint8Array, reserved: number, maxBytes: number, done: Transformed): void {
    const link = this.#links[index];
    if (link === undefined) {
      done(undefined, payload, reserved);
    } else if ((reserved & link.reservedBits) === 0) {
      this.#decodeFrom(index - 1, payload, reserved, maxBytes, done);
    } else {
      guard(() => link.extension.decode(payload, reserved, maxBytes, (error, decoded, rest) => {
        if (error === undefined) this.#decodeFrom(index - 1, decoded, rest, maxBytes, done);
        else done(error, decoded, rest);
      }), payload, reserved, done);
    }
  }
}

/** The first of several may have answered late: what the next one throws must not end up with it. */
function guard(step: () => void, payload: Uint8Array, reserved: number, done: Transformed): void {
  try {
    step();
  } catch (error) {
    done(extensionFault(error), payload, reserved);
  }
}

/** What an extension threw, or answered, as an error of the tree. */
export function extensionFault(error: unknown): WebSocketException {
  if (error instanceof WebSocketException) return error;
  return new WebSocketException("Cannot transform message: an extension failed", { cause: error });
}
