/**
 * Functions of the application that say yes or no where the state is not settled yet, and where nothing may throw. Room: pool shell.
 */

/** @returns the function; where it fails it says no, and its failure is told. */
export function deciding<Subject>(decide: (subject: Subject) => boolean, onFailed: (error: unknown) => void): (subject: Subject) => boolean {
  return (subject) => {
    try {
      return decide(subject);
    } catch (error) {
      onFailed(error);
      return false;
    }
  };
}
