/**
 * The way of a received message: heartbeat's answer? readable? acknowledgement? valid? seen before? then to listeners, or the inbox.
 *
 * Room: pool shell. Order is kept also where a schema takes its time; reading pauses meanwhile.
 */
import { JetSocketError } from "@x/errors/pool";
import { Fifo } from "../../core/resilient/fifo.js";
import type { Emit, MessageId } from "../../core/resilient/events.js";
import { IdWindow } from "../../core/resilient/id-window.js";
import type { Outcome } from "../../core/resilient/lifecycle.js";
import { ReceiveBuffer } from "../../core/resilient/receive-buffer.js";
import { check, deserialize, type Checked } from "./codec.js";
import { Inbox } from "./inbox.js";
import type { InboundSettings } from "./options.js";
import type { Payload } from "./ports.js";

export interface InboundHost<In> {
  hasListeners(event: "message" | "rawMessage"): boolean;
  readonly emit: Emit<In>;
  /** A message cannot be used, and nobody takes messages one by one. */
  onInvalid(error: Error): void;
  acknowledge(id: MessageId): void;
  /** {@link Inbound.isHolding} may have changed. */
  onHold(): void;
}

export class Inbound<In> {
  readonly inbox: Inbox<In>;
  readonly buffer: ReceiveBuffer<In>;
  readonly #settings: InboundSettings<In>;
  readonly #host: InboundHost<In>;
  readonly #window: IdWindow | undefined;
  /** What came while a schema takes its time. */
  readonly #waiting = new Fifo<Payload>();
  #isChecking = false;
  /** Moves on when what is being checked is of no interest any more. */
  #epoch = 0;
  /** The end, while messages that came before it are still being checked. */
  #ending: Outcome | undefined;
  messages = 0;
  bytes = 0;
  invalid = 0;
  /** When the last message came. */
  receivedMs: number | undefined;
  /** The application wants nothing more to be read. */
  isPaused = false;
  lastSequenceId: MessageId | undefined;

  constructor(settings: InboundSettings<In>, host: InboundHost<In>) {
    this.#settings = settings;
    this.#host = host;
    this.#window = settings.dedup === undefined ? undefined : new IdWindow(settings.dedup.window);
    this.buffer = new ReceiveBuffer(settings.buffer, settings.keyOf);
    this.inbox = new Inbox(this.buffer, settings.machine.limits.maxReceivers, settings.clock, () => host.onHold());
  }

  /** Nothing more should be read. */
  get isHolding(): boolean {
    return this.#isChecking || this.isPaused || this.buffer.isFull;
  }

  /** Messages that had come before. */
  get duplicates(): number {
    return this.#window?.duplicates ?? 0;
  }

  open(): void {
    this.#ending = undefined;
    this.inbox.open();
  }

  /** @param discards whether what was not taken is of no interest any more. */
  over(outcome: Outcome, discards: boolean): void {
    if (discards) {
      this.#epoch++;
      this.#isChecking = false;
      this.#waiting.clear();
      this.inbox.clear();
    }
    if (this.#isChecking) this.#ending = outcome;
    else this.inbox.settle(outcome);
  }

  receive(raw: Payload, nowMs: number): void {
    this.receivedMs = nowMs;
    this.messages++;
    this.bytes += raw.length;
    if (this.#host.hasListeners("rawMessage")) this.#host.emit("rawMessage", { data: raw, opcode: typeof raw === "string" ? 1 : 2 });
    if (this.#isChecking) this.#waiting.push(raw);
    else this.#read(raw);
  }

  #read(raw: Payload): void {
    const { serializer, schema, ackOf } = this.#settings;
    const read = deserialize(serializer, raw);
    if ("error" in read) {
      this.#refuse(read.error);
      return;
    }
    const acknowledged = this.#extract(ackOf, read.value);
    if (acknowledged !== undefined) this.#host.acknowledge(acknowledged);
    // Without a schema the type is the caller's word.
    else if (schema === undefined) this.#accept(read.value as In, raw);
    else this.#judge(check(schema, read.value, raw), raw);
  }

  #judge(checked: Checked<In> | Promise<Checked<In>>, raw: Payload): void {
    if (!(checked instanceof Promise)) {
      this.#settle(checked, raw);
      return;
    }
    const epoch = this.#epoch;
    this.#isChecking = true;
    this.#host.onHold();
    void checked.then((late) => {
      if (this.#epoch === epoch) this.#catchUp(late, raw);
    });
  }

  #catchUp(late: Checked<In>, raw: Payload): void {
    this.#isChecking = false;
    this.#settle(late, raw);
    this.#readOn();
    this.#host.onHold();
  }

  #readOn(): void {
    while (!this.#isChecking) {
      const raw = this.#waiting.shift();
      if (raw === undefined) break;
      this.#read(raw);
    }
    if (!this.#isChecking && this.#ending !== undefined) this.inbox.settle(this.#ending);
  }

  #settle(checked: Checked<In>, raw: Payload): void {
    if ("error" in checked) this.#refuse(checked.error);
    else this.#accept(checked.message, raw);
  }

  #accept(message: In, raw: Payload): void {
    const { dedup, sequenceIdOf } = this.#settings;
    const id = this.#extract(dedup?.idOf, message);
    if (id !== undefined && this.#window?.admit(id) === false) return;
    this.lastSequenceId = this.#extract(sequenceIdOf, message) ?? this.lastSequenceId;
    if (this.#host.hasListeners("message")) this.#host.emit("message", { data: message, raw });
    else this.#told(this.inbox.put(message, raw.length));
  }

  #refuse(error: Error): void {
    this.invalid++;
    const { invalid } = this.#settings;
    if (invalid === "skip") return;
    if (invalid === "event" || this.#host.hasListeners("message")) this.#host.onInvalid(error);
    else this.#told(this.inbox.putError(error));
  }

  #told(isOverflow: boolean): void {
    const { capacity, policy } = this.#settings.buffer;
    if (isOverflow) this.#host.emit("bufferOverflow", { buffer: "received", capacity, droppedCount: this.buffer.dropped, policy });
    if (this.buffer.isFull) this.#host.onHold();
  }

  /** An extractor that fails has found nothing; the message goes on, its failure is told. */
  #extract<Message>(idOf: ((message: Message) => MessageId | undefined) | undefined, message: Message): MessageId | undefined {
    if (idOf === undefined) return undefined;
    try {
      return idOf(message);
    } catch (error) {
      this.#host.onInvalid(error instanceof Error ? error : new JetSocketError("Cannot read the message's id", { cause: error }));
      return undefined;
    }
  }
}
