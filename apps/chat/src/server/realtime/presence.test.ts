import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Presence } from "./presence.js";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function presence(): { presence: Presence; seen: string[] } {
  const seen: string[] = [];
  return { presence: new Presence({ graceMs: 1000, onChange: (userId, isOnline) => void seen.push(`${userId} ${isOnline ? "on" : "off"}`) }), seen };
}

test("Presence: several tabs are one user, who is gone when the last one is", () => {
  const { presence: people, seen } = presence();
  people.arrive("ada");
  people.arrive("ada");
  people.depart("ada");
  vi.advanceTimersByTime(5000);
  expect(seen).toEqual(["ada on"]);
  people.depart("ada");
  vi.advanceTimersByTime(999);
  expect(seen).toEqual(["ada on"]);
  vi.advanceTimersByTime(1);
  expect(seen).toEqual(["ada on", "ada off"]);
  expect(people.isOnline("ada")).toBe(false);
});

test("Presence: a reload within the grace is no departure", () => {
  const { presence: people, seen } = presence();
  people.arrive("ada");
  people.depart("ada");
  vi.advanceTimersByTime(900);
  people.arrive("ada");
  vi.advanceTimersByTime(5000);
  expect(seen).toEqual(["ada on"]);
  expect(people.connections("ada")).toBe(1);
});

test("Presence: close() leaves no timer", () => {
  const { presence: people, seen } = presence();
  people.arrive("ada");
  people.depart("ada");
  people.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(seen).toEqual(["ada on"]);
});
