/**
 * Faces without pictures: up to two initials, and a hue that stays with an id.
 *
 * Room: client/text.
 */
export function initials(name: string): string {
  const words = name.split(/[\s_.-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? name];
  return chosen.map((word) => firstLetter(word ?? "")).join("").toLocaleUpperCase();
}

function firstLetter(word: string): string {
  return /[\p{L}\p{N}]\p{M}*/u.exec(word)?.[0] ?? Array.from(word)[0] ?? "?";
}

/** Degrees on the colour wheel, 0–359 in steps of 30, so that two hues either match or clearly differ. */
export function hueOf(id: string): number {
  let hash = 2166136261;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619) >>> 0;
  return (hash % 12) * 30;
}
