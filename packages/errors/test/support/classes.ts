/** All classes of the tree, found by looking at what the package exports. */
import { CircuitOpenError } from "../../src/circuit-breaker.js";
import { engineio, errorsCodes, pool, simpleWs, socketio, TransportError, wsframe, type AppCode, type CodeTable, type Layer, type TransportErrorOptions } from "../../src/index.js";

/** A class of the tree, as far as all of them are alike. */
export interface ErrorClass {
  readonly name: string;
  readonly kind: typeof TransportError.kind;
  readonly prototype: TransportError;
  new (message?: string, options?: TransportErrorOptions & { readonly code?: AppCode | undefined }): TransportError;
}

export interface Family {
  readonly layer: Layer;
  readonly classes: Readonly<Record<string, unknown>>;
  readonly codes: CodeTable;
}

export const FAMILIES: readonly Family[] = [
  { layer: "errors", classes: { TransportError, CircuitOpenError }, codes: errorsCodes },
  { layer: "wsframe", classes: wsframe, codes: wsframe.wsframeCodes },
  { layer: "simple-ws", classes: simpleWs, codes: simpleWs.simpleWsCodes },
  { layer: "engineio", classes: engineio, codes: engineio.engineioCodes },
  { layer: "socketio", classes: socketio, codes: socketio.socketioCodes },
  { layer: "pool", classes: pool, codes: pool.poolCodes },
];

export function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === "function" && (value === TransportError || value.prototype instanceof TransportError);
}

export function classesOf(exports: Readonly<Record<string, unknown>>): readonly ErrorClass[] {
  return Object.values(exports).filter(isErrorClass);
}

export const ALL_CLASSES: readonly ErrorClass[] = FAMILIES.flatMap((family) => classesOf(family.classes));
