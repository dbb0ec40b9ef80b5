/**
 * Functions of the application that are asked where the state is not settled yet, and where nothing may throw. Room: pool shell.
 */

/** @returns the function; where it fails it answers `otherwise`, and its failure is told. */
export function guarded<Subject, Answer>(ask: (subject: Subject) => Answer, otherwise: Answer, onFailed: (error: unknown) => void): (subject: Subject) => Answer {
  return (subject) => {
    try {
      return ask(subject);
    } catch (error) {
      onFailed(error);
      return otherwise;
    }
  };
}
