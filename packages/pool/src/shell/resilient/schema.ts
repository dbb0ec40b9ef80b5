/**
 * As much of Standard Schema (standardschema.dev, version 1) as is used here, so that any library's schema fits. Room: pool shell.
 *
 * Written out because neutral rooms import nothing foreign; a test holds it against the official types.
 */

/** Checks unknown values; what it lets through is an `Output`. */
export interface Schema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
