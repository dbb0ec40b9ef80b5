/**
 * All namespaces of a server: static ones by name, dynamic ones by RegExp or function.
 *
 * Room: socketio shell. Names come from peers: they are map keys, never property names.
 */
import { callSafely } from "@x/errors/handlers";
import type { Untyped } from "../../core/event-types.js";
import { Namespace, type NamespaceServer } from "./namespace.js";
import { ParentNamespace } from "./parent-namespace.js";
import type { ServerContext } from "./ports.js";

/** Decides whether a namespace may come to be: `next(null, true)` or `next(error, false)`. */
export type NamespaceMatcher = (name: string, auth: Record<string, Untyped>, next: (error: Error | null, allow: boolean) => void) => unknown;

interface Dynamic {
  readonly matcher: NamespaceMatcher;
  /** Set for namespaces given as a RegExp, which also match names that the application asks for. */
  readonly pattern: RegExp | undefined;
  readonly parent: ParentNamespace;
}

export class NamespaceRegistry {
  readonly #server: NamespaceServer;
  readonly #context: ServerContext;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #dynamic: Dynamic[] = [];

  constructor(server: NamespaceServer, context: ServerContext) {
    this.#server = server;
    this.#context = context;
  }

  get all(): ReadonlyMap<string, Namespace> {
    return this.#namespaces;
  }

  /** @returns the namespace of that name, made when there is none. */
  named<L, E, I, D>(given: string): Namespace<L, E, I, D> {
    return this.#named(given) as Namespace<L, E, I, D>; // maps of events are types only
  }

  #named(given: string): Namespace {
    const name = given.startsWith("/") ? given : `/${given}`;
    const existing = this.#namespaces.get(name);
    if (existing !== undefined) return existing;
    const dynamic = this.#dynamic.find(({ pattern }) => pattern !== undefined && name.search(pattern) !== -1);
    return dynamic === undefined ? this.#add(new Namespace(name, this.#server, this.#context)) : this.#child(name, dynamic.parent);
  }

  /** @returns the template of all namespaces that match. */
  matching<L, E, I, D>(matcher: RegExp | NamespaceMatcher): Namespace<L, E, I, D> {
    const pattern = matcher instanceof RegExp ? matcher : undefined;
    const decide: NamespaceMatcher = matcher instanceof RegExp ? (name, _auth, next) => next(null, name.search(matcher) !== -1) : matcher;
    const parent = new ParentNamespace(`/_${this.#dynamic.length}`, this.#server, this.#context);
    this.#dynamic.push({ matcher: decide, pattern, parent });
    return parent as Namespace as Namespace<L, E, I, D>;
  }

  /** Asks whether there may be a namespace that is not there yet. @param done told once, possibly later; nothing when there may not. */
  ask(name: string, auth: Record<string, unknown>, done: (nsp: Namespace | undefined) => void): void {
    this.#ask(name, auth, 0, done);
  }

  /** A namespace without sockets goes if it was dynamic. */
  release(name: string): void {
    const nsp = this.#namespaces.get(name);
    if (nsp === undefined) return;
    const dynamic = this.#dynamic.find(({ parent }) => parent.children.delete(nsp));
    if (dynamic === undefined) return;
    this.#namespaces.delete(nsp.name);
    void nsp.closeAdapter();
  }

  #ask(name: string, auth: Record<string, unknown>, at: number, done: (nsp: Namespace | undefined) => void): void {
    const dynamic = this.#dynamic[at];
    if (dynamic === undefined) {
      done(undefined);
      return;
    }
    let isAnswered = false;
    const next = (error: unknown, isAllowed: boolean): void => {
      if (isAnswered) return;
      isAnswered = true;
      if (error || !isAllowed) this.#ask(name, auth, at + 1, done);
      else done(this.#namespaces.get(name) ?? this.#child(name, dynamic.parent));
    };
    callSafely(dynamic.matcher, [name, auth, next], (error) => {
      this.#context.report(error, { event: "namespace", namespace: name });
      next(error, false);
    });
  }

  #child(name: string, parent: ParentNamespace): Namespace {
    const child = new Namespace(name, this.#server, this.#context);
    parent.adopt(child);
    return this.#add(child);
  }

  #add(nsp: Namespace): Namespace {
    this.#namespaces.set(nsp.name, nsp);
    if (nsp.name !== "/") this.#namespaces.get("/")?.announceNamespace(nsp);
    return nsp;
  }
}
