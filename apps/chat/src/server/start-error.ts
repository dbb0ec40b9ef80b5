/**
 * The server cannot start for a reason the operator can mend; the message says how, and is all that is printed.
 *
 * Room: server.
 */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}
