/** The program cannot start for a reason that its user can mend; the message says how, and is all that is printed. Room: the program. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}
