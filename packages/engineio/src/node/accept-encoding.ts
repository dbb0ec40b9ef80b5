/**
 * Which content coding a client wants (RFC 9110 §12.5.3).
 *
 * Room: engineio node.
 */

/** A number such as `0.75`; anything else makes its entry mean nothing. */
const weight = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * @returns the one of `offered` that `header` prefers, the earlier one among equals; `undefined` when none is acceptable, or
 *   the plain text is preferred.
 */
export function chooseEncoding<Coding extends string>(header: string | undefined, offered: readonly Coding[]): Coding | undefined {
  if (header === undefined) return undefined; // anything goes, so the cheapest does
  const weights = readWeights(header);
  const others = weights.get("*") ?? 0;
  let best: Coding | undefined;
  let bestWeight = 0;
  for (const coding of offered) {
    const wanted = weights.get(coding) ?? others;
    if (wanted > bestWeight) [best, bestWeight] = [coding, wanted];
  }
  return (weights.get("identity") ?? 0) > bestWeight ? undefined : best;
}

function readWeights(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const entry of header.toLowerCase().split(",")) {
    const [coding = "", ...parameters] = entry.split(";").map((part) => part.trim());
    const given = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, "") ?? "1";
    if (coding !== "" && weight.test(given)) weights.set(coding === "x-gzip" ? "gzip" : coding, Number(given));
  }
  return weights;
}
