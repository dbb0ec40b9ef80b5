/**
 * A client's question for a namespace (CONNECT), until it is answered (Socket.IO protocol v5, "Connection to a namespace").
 *
 * Room: socketio core. Whoever decides holds on to the question, not to the name: an answer that comes too late is then not
 * taken for one to a later question.
 */
export class Ask<Candidate extends object> {
  readonly nsp: string;
  /** When it is answered at the latest. */
  readonly deadlineMs: number;
  /** Who is let in if the answer is yes, once that is known. */
  candidate: Candidate | undefined;

  constructor(nsp: string, deadlineMs: number) {
    this.nsp = nsp;
    this.deadlineMs = deadlineMs;
  }
}
