/**
 * Classes for namespaces: those of one each, and those that a function makes for all others.
 *
 * Room: socketio shell. A later one takes an earlier one's place.
 */
import { invalidArgument } from "../../core/faults.js";
import type { Namespace } from "../server/namespace.js";
import { ANY, normal } from "./handlers.js";
import type { NamespaceClass, SidHost } from "./namespace.js";

/** Makes the class of a namespace that has none of its own. */
export type ClassOf = (name: string) => NamespaceClass;

export class ClassTable {
  readonly #host: SidHost;
  readonly #namespaces: ReadonlyMap<string, Namespace>;
  readonly #own = new Map<string, NamespaceClass>();
  #classOf: ClassOf | undefined;
  /** What {@link #classOf} has made; they go with their namespaces. */
  #made = new WeakMap<Namespace, NamespaceClass>();

  constructor(host: SidHost, namespaces: ReadonlyMap<string, Namespace>) {
    this.#host = host;
    this.#namespaces = namespaces;
  }

  /** @returns the name of the instance's namespace. */
  set(instance: NamespaceClass): string {
    const name = normal(this.#registered(instance).name);
    if (name === ANY) throw invalidArgument("Cannot register a namespace: one instance cannot be for *, must be a function that makes one for each");
    this.#own.set(name, instance);
    return name;
  }

  /** For namespaces without one of their own. */
  setAny(classOf: ClassOf): void {
    if (isNamespaceClass(classOf.prototype)) throw invalidArgument("Cannot register a namespace: this is the class itself, must be an instance of it");
    this.#classOf = classOf;
    this.#made = new WeakMap();
  }

  own(name: string): NamespaceClass | undefined {
    return this.#own.get(name);
  }

  any(name: string): NamespaceClass | undefined {
    const namespace = this.#namespaces.get(name);
    if (this.#classOf === undefined || namespace === undefined) return undefined;
    const existing = this.#made.get(namespace);
    if (existing !== undefined) return existing;
    const instance = this.#registered(this.#classOf(name));
    this.#made.set(namespace, instance);
    return instance;
  }

  #registered(instance: NamespaceClass): NamespaceClass {
    if (!isNamespaceClass(instance)) throw invalidArgument("Cannot register a namespace: must be an instance of a SidNamespace, or a function that makes one");
    instance.registered(this.#host);
    return instance;
  }
}

/** Types end where JavaScript begins. */
function isNamespaceClass(value: unknown): boolean {
  const { find, registered } = (value ?? {}) as Partial<NamespaceClass>;
  return typeof find === "function" && typeof registered === "function";
}
