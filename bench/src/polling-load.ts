/**
 * Load over HTTP long-polling: one POST that carries the packets, then one GET that brings the answers, on a keep-alive connection.
 */
import { getRequest, HttpLink, POLLING_PATH, postRequest, sessionPath } from "./http-link.js";
import type { LoadSpec } from "./messages.js";

interface Session {
  readonly link: HttpLink;
  readonly post: Buffer;
  readonly get: string;
}

export class PollingLoad {
  readonly #spec: LoadSpec;
  readonly #body: Buffer;
  readonly #sessions: Session[] = [];
  #left = 0;
  #deadlineMs = Infinity;
  #sent = 0;
  #fail: (error: Error) => void = () => undefined;

  constructor(spec: LoadSpec) {
    this.#spec = spec;
    this.#body = Buffer.from(spec.request, "base64");
  }

  async open(): Promise<void> {
    for (let index = 0; index < this.#spec.connections; index++) {
      await new Promise<void>((resolve, reject) => {
        this.#fail = reject;
        const link = new HttpLink(this.#spec.port, (error) => this.#fail(error));
        link.ask(getRequest(POLLING_PATH), (opened) => {
          const path = sessionPath(opened);
          this.#sessions.push({ link, post: postRequest(path, this.#body), get: getRequest(path) });
          resolve();
        });
      });
    }
  }

  async first(): Promise<Buffer> {
    const { link, post, get } = this.#sessions.at(-1)!;
    await link.asked(post);
    return link.asked(get);
  }

  /** Runs until so many exchanges are done, or until the time is up and nothing is in flight. */
  async run(exchanges: number, forMs: number): Promise<{ count: number; elapsedMs: number }> {
    const startMs = performance.now();
    this.#left = exchanges;
    this.#deadlineMs = startMs + forMs;
    this.#sent = 0;
    await Promise.all(this.#sessions.map((session) => new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#next(session, resolve);
    })));
    return { count: this.#sent, elapsedMs: performance.now() - startMs };
  }

  close(): void {
    this.#fail = () => undefined;
    for (const { link } of this.#sessions) link.socket.resetAndDestroy();
    this.#sessions.length = 0;
  }

  #next(session: Session, done: () => void): void {
    if (this.#left === 0 || performance.now() >= this.#deadlineMs) {
      done();
      return;
    }
    this.#left -= 1;
    this.#sent += 1;
    const { link, post, get } = session;
    link.ask(post, () => link.ask(get, (body) => {
      if (body.length === this.#body.length) this.#next(session, done);
      else this.#fail(new Error(`Polled ${body.length} bytes, must be ${this.#body.length}`));
    }));
  }
}
