/**
 * permessage-deflate, RFC 7692: messages compressed one by one, with or without what went before them.
 *
 * Room: wsframe core. No stream lives between messages: what connects them is the last few kilobytes of plain text, handed to
 * the port as a dictionary. Small messages are done at once, large ones elsewhere.
 */
import { WebSocketException, WebSocketPayloadException } from "@x/errors/wsframe";
import { CloseCode } from "../close-code.js";
import type { AgreedExtension, Extension, ExtensionEntry, ExtensionFactory, SharedPayload, Transformed } from "../extension.js";
import { sizeFault } from "../faults.js";
import type { Opcode } from "../opcode.js";
import type { PreparedMessage } from "../prepared-message.js";
import { acceptOffer, agreeTo, NAME, offerOf, type Agreement, type Direction } from "./negotiation.js";
import { parseDeflateOptions, type DeflateSettings, type PerMessageDeflateOptions } from "./options.js";
import type { DeflateOptions, DeflatePort, InflateResult } from "./port.js";
import { SlidingWindow } from "./window.js";

/** RSV1 (§6): set on the first frame of a compressed message. */
export const COMPRESSED_BIT = 0x40;
/** Up to this length the way to another thread and back costs more than the work. */
const SYNC_INPUT_BYTES = 8_192;
/** What is inflated at once may grow to this; what does not fit is begun anew elsewhere. */
const SYNC_OUTPUT_BYTES = 131_072;
/** §7.2.1: cut off by the sender, put back by the receiver. */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

const nothing = new Uint8Array(0);

/**
 * @param port where the work is done; `@x/simple-ws` brings zlib.
 * @returns the factory, for servers and clients.
 * @throws {WebSocketException} `wsframe/invalid-option`.
 */
export function perMessageDeflate(port: DeflatePort, options: PerMessageDeflateOptions = {}): ExtensionFactory {
  const settings = parseDeflateOptions(options);
  const shared = new SharedMessages(port, settings);
  const start = (agreement: Agreement): Extension => new PerMessageDeflate(port, settings, agreement, shared);
  return {
    name: NAME,
    reservedBits: COMPRESSED_BIT,
    offer: () => [offerOf(settings)],
    accept(offers: readonly ExtensionEntry[]): AgreedExtension | undefined {
      for (const offer of offers) { // §5: the client's order is its preference
        const accepted = acceptOffer(offer, settings);
        if (accepted !== undefined) return { answer: accepted.answer, extension: start(accepted.agreement) };
      }
      return undefined;
    },
    agree: (answer) => start(agreeTo(answer, settings)),
  };
}

class PerMessageDeflate implements Extension {
  readonly #port: DeflatePort;
  readonly #settings: DeflateSettings;
  readonly #shared: SharedMessages;
  readonly #options: DeflateOptions;
  readonly #receiving: Direction;
  readonly #sent: SlidingWindow | undefined;
  readonly #received: SlidingWindow | undefined;

  constructor(port: DeflatePort, settings: DeflateSettings, { sending, receiving }: Agreement, shared: SharedMessages) {
    this.#port = port;
    this.#settings = settings;
    this.#shared = shared;
    this.#options = shared.optionsFor(sending.windowBits);
    this.#receiving = receiving;
    this.#sent = sending.keepsContext ? new SlidingWindow(sending.windowBits) : undefined;
    this.#received = receiving.keepsContext ? new SlidingWindow(receiving.windowBits) : undefined;
  }

  wants(data: string | Uint8Array, mayCompress: boolean): boolean {
    if (!mayCompress) return false; // §6: the bit says of each message alone whether it is
    const { thresholdBytes } = this.#settings;
    return data.length >= thresholdBytes || (typeof data === "string" && data.length * 3 >= thresholdBytes && utf8Length(data) >= thresholdBytes);
  }

  encode(payload: Uint8Array, _opcode: Opcode, done: Transformed): void {
    const dictionary = this.#sent?.bytes ?? nothing;
    if (payload.length <= SYNC_INPUT_BYTES) {
      const output = this.#port.deflate(payload, dictionary, this.#options);
      this.#sent?.slide(payload);
      done(undefined, output, COMPRESSED_BIT);
      return;
    }
    this.#port.deflateLater(payload, dictionary, this.#options, (error, output) => {
      this.#sent?.slide(payload);
      done(error === undefined ? undefined : deflateFault(error), output, COMPRESSED_BIT);
    });
  }

  encodeShared(message: PreparedMessage): SharedPayload {
    this.#sent?.slide(message.payload);
    return this.#shared.get(message, this.#options);
  }

  decode(payload: Uint8Array, reserved: number, maxBytes: number, done: Transformed): void {
    const input = withTail(payload);
    const dictionary = this.#received?.bytes ?? nothing;
    const { windowBits } = this.#receiving;
    const finish = (result: InflateResult): void => this.#finish(result, reserved, maxBytes, done);
    if (input.length <= SYNC_INPUT_BYTES) {
      const result = this.#port.inflate(input, dictionary, { windowBits, maxBytes: Math.min(maxBytes, SYNC_OUTPUT_BYTES) });
      if (result !== "too-big" || maxBytes <= SYNC_OUTPUT_BYTES) {
        finish(result);
        return;
      }
    }
    this.#port.inflateLater(input, dictionary, { windowBits, maxBytes }, finish);
  }

  close(): void {
    this.#sent?.clear();
    this.#received?.clear();
  }

  #finish(result: InflateResult, reserved: number, maxBytes: number, done: Transformed): void {
    if (result === "too-big") {
      done(sizeFault("wsframe/message-too-big", maxBytes, maxBytes + 1), nothing, reserved);
    } else if (result === "invalid") {
      done(inflateFault(), nothing, reserved);
    } else {
      this.#received?.slide(result);
      done(undefined, result, reserved & ~COMPRESSED_BIT);
    }
  }
}

/** Messages that go to many are compressed once for every window size, alone: any receiver can read that, whatever came before. */
class SharedMessages {
  readonly #port: DeflatePort;
  readonly #settings: DeflateSettings;
  readonly #options = new Map<number, DeflateOptions>();
  readonly #messages = new WeakMap<PreparedMessage, Map<number, SharedPayload>>();

  constructor(port: DeflatePort, settings: DeflateSettings) {
    this.#port = port;
    this.#settings = settings;
  }

  /** What the port is told for such a window: one record for all connections. zlib has no window of 8 bits, but its 9-bit one refers back no further than 250 bytes. */
  optionsFor(agreedBits: number): DeflateOptions {
    const windowBits = Math.max(agreedBits, 9);
    let options = this.#options.get(windowBits);
    if (options === undefined) {
      const { level, memLevel = Math.min(8, windowBits - 7) } = this.#settings;
      options = { windowBits, level, memLevel };
      this.#options.set(windowBits, options);
    }
    return options;
  }

  get(message: PreparedMessage, options: DeflateOptions): SharedPayload {
    const known = this.#messages.get(message) ?? new Map<number, SharedPayload>();
    const before = known.get(options.windowBits);
    if (before !== undefined) return before;
    const shared = { payload: this.#port.deflate(message.payload, nothing, options), reserved: COMPRESSED_BIT };
    this.#messages.set(message, known.set(options.windowBits, shared));
    return shared;
  }
}

function withTail(payload: Uint8Array): Uint8Array {
  const input = new Uint8Array(payload.length + TAIL.length);
  input.set(payload);
  input.set(TAIL, payload.length);
  return input;
}

/** Only asked between a third of the threshold and all of it. */
function utf8Length(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    length += unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3; // a pair is four, two each
  }
  return length;
}

/** The peer's data is not DEFLATE, or refers back to what the agreed window does not hold: inconsistent with the message's type (RFC 6455 §7.4.1). */
function inflateFault(): WebSocketPayloadException {
  return new WebSocketPayloadException("Cannot decompress message: must be DEFLATE blocks within the agreed window", { code: "wsframe/decompression-failed", closeCode: CloseCode.invalidPayload });
}

function deflateFault(cause: unknown): WebSocketException {
  return new WebSocketException("Cannot compress message", { cause });
}
