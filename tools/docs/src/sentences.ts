/**
 * What the docstring of an option says, taken apart: its default, its unit, the error codes it names, and what is left to read.
 *
 * Docstrings are prose with fixed turns: "Default 10 000.", "Milliseconds, default 20 000.", "Over it: `family/code`."
 */

export interface OptionWords {
  /** As the sentence gives it: "10 000; 0 sends none". */
  readonly defaultsTo: string | undefined;
  readonly unit: string | undefined;
  readonly codes: readonly string[];
  readonly meaning: string;
}

const units: readonly (readonly [suffix: RegExp, unit: string])[] = [[/Ms$/, "ms"], [/Bytes$/, "bytes"], [/Seconds$/, "s"]];
const unitWords: Readonly<Record<string, string>> = { Milliseconds: "ms", Bytes: "bytes", Seconds: "s", Count: "count", Characters: "characters", Digits: "digits", Levels: "levels" };
const unitSentence = new RegExp(`^(${Object.keys(unitWords).join("|")})(?:[,;]\\s*|\\s*\\.?$)`);
const code = /`((?:errors|wsframe|simple-ws|engineio|socketio|pool)\/[a-z0-9-]+)`/g;

/** @param name of the option: a unit may be its end. */
export function wordsOf(name: string, doc: string): OptionWords {
  const rest: string[] = [];
  let unit = units.find(([suffix]) => suffix.test(name))?.[1];
  let defaultsTo: string | undefined;
  for (const sentence of sentencesOf(doc)) {
    const word = unitSentence.exec(sentence);
    if (word?.[1] !== undefined) unit = unitWords[word[1]];
    const left = word === null ? sentence : sentence.slice(word[0].length);
    const found = defaultIn(left);
    defaultsTo ??= found?.value;
    const kept = (found === undefined ? left : found.rest).trim();
    if (kept !== "") rest.push(capital(kept));
  }
  return { defaultsTo, unit, codes: [...new Set([...doc.matchAll(code)].map(([, name_]) => name_ ?? ""))], meaning: rest.join(" ") };
}

/** Cut at full stops that a new sentence follows, code spans kept whole. */
function sentencesOf(doc: string): string[] {
  return doc.replace(/\s+/g, " ").trim().split(/(?<=(?:[.?!]|[.?!]\)))\s+(?=[A-Z`"“(])/).filter((sentence) => sentence !== "");
}

interface Default {
  readonly value: string;
  readonly rest: string;
}

/** "Default X.", "…, default X.", "…; default X.", and `"x" (the default)`. */
function defaultIn(sentence: string): Default | undefined {
  const named = /^(.*?)(?:^|[,;]\s*)default(?:s to)?:?\s+(.+?)\.?$/i.exec(sentence);
  if (named?.[1] !== undefined && named[2] !== undefined) return { value: named[2], rest: named[1] === "" ? "" : `${named[1]}.` };
  const marked = /("[^"]+"|`[^`]+`) \(the default\)/.exec(sentence);
  return marked?.[1] === undefined ? undefined : { value: marked[1], rest: sentence };
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
