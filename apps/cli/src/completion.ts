/**
 * Shell completion, from the tree that parses the command line.
 */
import type { Command, Option } from "commander";

export type Shell = "bash" | "zsh" | "fish";
export const shells: readonly Shell[] = ["bash", "zsh", "fish"];

interface Flag {
  /** `--name` and, where there is one, `-n`. */
  readonly names: readonly string[];
  readonly description: string;
  /** What may follow: these words, a file, anything, or nothing. */
  readonly value: readonly string[] | "file" | "any" | "none";
}

interface Entry {
  readonly command: string;
  readonly description: string;
  readonly flags: readonly Flag[];
}

/** @returns a script to be sourced; its comment says how. */
export function completionOf(program: Command, shell: Shell): string {
  const entries = program.commands.map((command): Entry => ({
    command: command.name(),
    description: command.description(),
    flags: [...command.options.map(flagOf), { names: ["--help", "-h"], description: "display help", value: "none" }],
  }));
  switch (shell) {
    case "bash": return bash(entries);
    case "zsh": return zsh(entries);
    case "fish": return fish(entries);
  }
}

function flagOf({ long, short, description, argChoices, flags, required }: Option): Flag {
  const names = [long, short].filter((name) => name !== undefined);
  const value = argChoices ?? (flags.includes("<file>") ? "file" : required ? "any" : "none");
  return { names, description, value };
}

function bash(entries: readonly Entry[]): string {
  const words = entries.map(({ command, flags }) => `    ${command}) words="${flags.map(longest).join(" ")}" ;;`);
  const choices = valueCases(entries);
  return `# source <(xws completion bash)
_xws() {
  local words command=connect current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  case "\${COMP_WORDS[1]}" in ${entries.map(({ command }) => command).join("|")}) command="\${COMP_WORDS[1]}" ;; esac
  case "$previous" in
${choices.map(([names, value]) => `    ${names.join("|")}) ${value === "file" ? "COMPREPLY=($(compgen -f -- \"$current\"))" : `COMPREPLY=($(compgen -W "${value.join(" ")}" -- "$current"))`}; return ;;`).join("\n")}
  esac
  case "$command" in
${words.join("\n")}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${entries.map(({ command }) => command).join(" ")} $words"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _xws xws
`;
}

/** Flags whose values are known, each kind once; a name means the same in every command. */
function valueCases(entries: readonly Entry[]): readonly (readonly [names: readonly string[], value: readonly string[] | "file"])[] {
  const cases = new Map<string, [Set<string>, readonly string[] | "file"]>();
  for (const { names, value } of entries.flatMap(({ flags }) => flags)) {
    if (value === "any" || value === "none") continue;
    const [all] = cases.get(String(value)) ?? [new Set<string>()];
    for (const name of names) all.add(name);
    cases.set(String(value), [all, value]);
  }
  return [...cases.values()].map(([names, value]) => [[...names], value] as const);
}

function zsh(entries: readonly Entry[]): string {
  const quote = (text: string): string => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");
  const spec = ({ names, description, value }: Flag): string => {
    const after = value === "none" ? "" : value === "any" ? ": :" : value === "file" ? ":file:_files" : `:value:(${value.join(" ")})`;
    return names.map((name) => `'*${name}[${quote(description)}]${after}'`).join(" ");
  };
  return `#compdef xws
# source <(xws completion zsh)
_xws() {
  local -a commands
  commands=(${entries.map(({ command, description }) => `'${command}:${quote(description)}'`).join(" ")})
  local command=connect
  (( \${commands[(I)$words[2]:*]} )) && command=$words[2]
  (( CURRENT == 2 )) && _describe command commands
  case $command in
${entries.map(({ command, flags }) => `    ${command}) _arguments -S ${flags.map(spec).join(" ")} '*: :_files' ;;`).join("\n")}
  esac
}
compdef _xws xws
`;
}

function fish(entries: readonly Entry[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const others = entries.map(({ command }) => command).filter((command) => command !== "connect").join(" ");
  const lines = entries.flatMap(({ command, description, flags }) => [
    `complete -c xws -f -n __fish_use_subcommand -a ${command} -d ${quote(description)}`,
    ...flags.map(({ names, description: what, value }) => {
      const condition = command === "connect" ? `not __fish_seen_subcommand_from ${others}` : `__fish_seen_subcommand_from ${command}`;
      const spelled = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(" ");
      const after = value === "none" ? "" : value === "any" ? " -x" : value === "file" ? " -r -F" : ` -x -a ${quote(value.join(" "))}`;
      return `complete -c xws -n ${quote(condition)} ${spelled}${after} -d ${quote(what)}`;
    }),
  ]);
  return `# xws completion fish | source\n${lines.join("\n")}\n`;
}

function longest({ names }: Flag): string {
  return names[0] ?? "";
}
