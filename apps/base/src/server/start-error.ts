/**
 * A program cannot start for a reason that whoever started it can mend; the message says how, and is all that is printed.
 *
 * Room: server.
 */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}
