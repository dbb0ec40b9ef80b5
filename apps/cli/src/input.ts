/**
 * What a typed line means.
 */

export type Command =
  | { readonly kind: "send"; readonly data: string | Uint8Array }
  | { readonly kind: "ping"; readonly payload: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly text: string };

export type BinaryInput = "none" | "hex" | "base64";

export const HELP = `/ping [text]            send a Ping
/close [code] [reason]  close and end (default 1000)
/hex 68 65 79           send bytes given in hex
/base64 aGV5            send bytes given in base64
/text /like this        send a line that begins with a slash
/help                   this
Anything else is sent as it is. Ctrl-C clears the line; on an empty one it closes and ends; twice, at once.`;

/** @param hasCommands whether a slash begins a command: at a terminal. @param binary how lines are to be read as bytes. */
export function parseLine(line: string, hasCommands: boolean, binary: BinaryInput): Command {
  if (!hasCommands || !line.startsWith("/")) return binary === "none" ? { kind: "send", data: line } : bytesOf(line, binary);
  const [, name = "", rest = ""] = /^\/(\S*)\s*([^]*)$/.exec(line) ?? [];
  switch (name) {
    case "ping": return { kind: "ping", payload: rest };
    case "close": case "quit": case "exit": return closeOf(rest);
    case "hex": return bytesOf(rest, "hex");
    case "base64": return bytesOf(rest, "base64");
    case "text": return { kind: "send", data: rest };
    case "help": return { kind: "help" };
    default: return { kind: "mistake", text: `There is no /${name}; /help shows what there is, /text ${line} sends the line` };
  }
}

function closeOf(rest: string): Command {
  const [, digits, reason = ""] = /^(\d+)?\s*([^]*)$/.exec(rest) ?? [];
  const code = digits === undefined ? 1000 : Number(digits);
  const isSendable = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
  return isSendable ? { kind: "close", code, reason } : { kind: "mistake", text: `Code ${code} cannot be sent: must be 1000–1003, 1007–1014 or 3000–4999` };
}

function bytesOf(text: string, binary: "hex" | "base64"): Command {
  const compact = text.replace(/\s/g, "");
  const isValid = binary === "hex" ? /^(?:[0-9a-f]{2})*$/i.test(compact) : /^[A-Za-z0-9+/_-]*={0,2}$/.test(compact);
  return isValid ? { kind: "send", data: Uint8Array.from(Buffer.from(compact, binary)) } : { kind: "mistake", text: `This is not ${binary}: ${text.slice(0, 40)}` };
}
