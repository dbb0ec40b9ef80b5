/**
 * Acknowledgements among messages that a schema checks: they are read before it, which does not know them. Room: pool shell.
 */
import type { Acknowledgement } from "../../core/channels/requests.js";
import type { Schema } from "../resilient/schema.js";

/** Takes the place of a message that acknowledges a request. */
export class Acknowledged {
  readonly acknowledgement: Acknowledgement;

  constructor(acknowledgement: Acknowledgement) {
    this.acknowledgement = acknowledgement;
  }
}

/** What a message acknowledges. */
export type ReadAcknowledgement = (message: unknown) => Acknowledgement | undefined;

/** @returns a schema that lets acknowledgements through beside what `schema` does. */
export function orAcknowledged<In>({ "~standard": standard }: Schema<In>, read: ReadAcknowledgement): Schema<In | Acknowledged> {
  return {
    "~standard": {
      version: 1,
      vendor: standard.vendor,
      validate: (value) => {
        const acknowledgement = read(value);
        return acknowledgement === undefined ? standard.validate(value) : { value: new Acknowledged(acknowledgement) };
      },
    },
  };
}
