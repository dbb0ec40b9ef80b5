/**
 * Signing in and out: three requests to the server.
 *
 * Room: client/session.
 */
import type { User } from "../../shared/contract.js";

interface Reply { readonly user?: User | null; readonly error?: { readonly message: string } }

/** @returns null when nobody is signed in. @throws when the server cannot be reached. */
export async function currentUser(): Promise<User | null> {
  const response = await fetch("/api/session");
  if (!response.ok) throw new Error("Cannot ask who is signed in: the server failed");
  return ((await response.json()) as Reply).user ?? null;
}

/** @throws Error with a sentence for the user. */
export async function signIn(name: string): Promise<User> {
  const response = await fetch("/api/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name }) })
    .catch(() => { throw new Error("The chat cannot be reached right now. Please try again."); });
  const reply = (await response.json().catch(() => ({}))) as Reply;
  if (reply.user === null || reply.user === undefined) throw new Error(reply.error?.message ?? "That did not work. Please try again.");
  return reply.user;
}

/** @throws Error with a sentence for the user. */
export async function signOut(): Promise<void> {
  const response = await fetch("/api/session", { method: "DELETE" }).catch(() => undefined);
  if (response?.ok !== true) throw new Error("Signing out did not work. Please try again.");
}
