/**
 * Shell completion, from the tree that parses the command line.
 */
import type { Command } from "commander";

export type Shell = "bash" | "zsh" | "fish";
export const shells: readonly Shell[] = ["bash", "zsh", "fish"];

interface Entry {
  readonly command: string;
  readonly flags: readonly { readonly long: string; readonly description: string }[];
  readonly description: string;
}

/** @returns a script to be sourced; its comment says how. */
export function completionOf(program: Command, shell: Shell): string {
  const entries = program.commands.map((command): Entry => ({
    command: command.name(),
    description: command.description(),
    flags: [...command.options.map(({ long, description }) => ({ long: long ?? "", description })), { long: "--help", description: "display help" }].filter(({ long }) => long !== ""),
  }));
  switch (shell) {
    case "bash": return bash(entries);
    case "zsh": return `# source <(xws completion zsh)\nautoload -U +X bashcompinit && bashcompinit\n${bash(entries)}`;
    case "fish": return fish(entries);
  }
}

function bash(entries: readonly Entry[]): string {
  const cases = entries.map(({ command, flags }) => `    ${command}) words="${flags.map(({ long }) => long).join(" ")}" ;;`);
  const defaults = entries.find(({ command }) => command === "connect")?.flags.map(({ long }) => long).join(" ") ?? "";
  return `# source <(xws completion bash)
_xws() {
  local words
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="${defaults}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${entries.map(({ command }) => command).join(" ")} $words"; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _xws xws
`;
}

function fish(entries: readonly Entry[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
  const lines = entries.flatMap(({ command, description, flags }) => [
    `complete -c xws -n __fish_use_subcommand -a ${command} -d ${quote(description)}`,
    ...flags.map(({ long, description: what }) => `complete -c xws -n '__fish_seen_subcommand_from ${command}' -l ${long.slice(2)} -d ${quote(what)}`),
  ]);
  return `# xws completion fish | source\n${lines.join("\n")}\n`;
}
