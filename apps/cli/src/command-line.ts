/**
 * The command line: every command, every flag, and help that shows how to use them.
 */
import { Command, CommanderError, Help, InvalidArgumentError, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { completionOf, shells, type Shell } from "./completion.js";
import { runBench, type BenchFlags } from "./bench.js";
import { runConnect } from "./connect.js";
import { runEngineIo } from "./engine-io.js";
import type { EngineFlags, SocketFlags } from "./event-flags.js";
import { ExitCode } from "./exit-code.js";
import { number, type ConnectFlags } from "./flags.js";
import { runServe, type ServeFlags } from "./serve.js";
import { runSocketIo } from "./socket-io.js";
import type { Streams } from "./terminal.js";

const { version } = manifest;

const EXIT_CODES = `
Exit codes:
  0 clean   1 failure   2 usage   3 unreachable   4 refused   5 TLS   6 proxy   7 timeout
  8 closed by the other side   9 protocol fault   130 interrupted   141 nobody reads the output`;

const EXAMPLES = `
Examples:
  xws wss://example.com/feed                         talk to a server
  xws wss://example.com -x '{"subscribe":"btc"}' --count 3
  echo hello | xws localhost:8080 --eof-wait 1       from a script
  xws wss://localhost:8443 --ca ca.pem -H 'Authorization: Bearer t'
  xws wss://example.com -p socks5h://127.0.0.1:1080 -vv
  xws io localhost:3000/admin --auth '{"token":"t"}' talk to a Socket.IO server
  xws echo --port 8080                               a server to try clients on
  xws bench --self --connections 50                  how fast is this machine?
Each command has its own --help.`;

const CONNECT_EXAMPLES = `
Examples:
  xws wss://example.com/feed                         lines out, messages in; /help lists commands
  xws wss://example.com -x '{"subscribe":"btc"}' --count 3
  tail -f log | xws localhost:8080 --reconnect       lines of a pipe, as they come
  xws wss://example.com -b hex --hex -x '00 ff'      bytes
  xws wss://example.com --json | jq .data            for programs`;

const SERVE_EXAMPLES = `
Examples:
  xws serve --port 8080                              then type: lines go to all
  xws echo --port 8443 --tls-cert c.pem --tls-key k.pem
  xws serve --json | jq 'select(.kind == "message")'`;

const BENCH_EXAMPLES = `
Examples:
  xws bench ws://localhost:8080 --connections 50 --in-flight 4
  xws bench --self --size 65536 --json`;

const IO_EXAMPLES = `
Examples:
  xws io https://example.com                         then type: join "lobby" {"silent":true}
  xws io localhost:3000 --namespace /admin --auth '{"token":"t"}'
  xws io localhost:3000 -x 'sum 1 2' --ask --count 1 print the answer and end
  xws io localhost:3000 --json | jq 'select(.kind == "event")'
  xws io localhost:3000 -x 'upload "a.bin" hex:00ff' send bytes`;

const EIO_EXAMPLES = `
Examples:
  xws eio localhost:3000 --transports polling        without WebSocket
  xws eio localhost:3000 --path /socket.io -x 40 -v  what Socket.IO really says`;

/** The whole program. @returns how it ends; what is wrong with the command line has been said then. */
export async function run(args: readonly string[], streams: Streams, interrupted: AbortSignal): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.clean;
  try {
    await commandLine(streams, interrupted, (code) => (exitCode = code)).parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error instanceof InvalidArgumentError) streams.stderr.write(`error: ${error.message}\n`); // of a command of ours; others commander has told
    return error.exitCode === 0 ? ExitCode.clean : ExitCode.usage;
  }
}

/** @param report takes how the program ends. */
function commandLine(streams: Streams, interrupted: AbortSignal, report: (exitCode: ExitCode) => void): Command {
  const program = new Command("xws").description("Talk to WebSockets, Socket.IO and Engine.IO servers from a terminal or a script").version(version, "-V, --version").enablePositionalOptions().configureHelp({ optionDescription: withoutEmptyDefault }).addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`);
  program.configureOutput({ writeOut: (text) => void streams.stdout.write(text), writeErr: (text) => void streams.stderr.write(text) }).exitOverride();
  addConnect(program.command("connect", { isDefault: true })).action(async (url: string, flags: ConnectFlags) => report(await runConnect(url, flags, streams, interrupted)));
  addSocketIo(program.command("io")).action(async (url: string, flags: SocketFlags) => report(await runSocketIo(url, flags, streams, interrupted)));
  addEngineIo(program.command("eio")).action(async (url: string, flags: EngineFlags) => report(await runEngineIo(url, flags, streams, interrupted)));
  addServe(program.command("serve").description("serve: print what comes, send lines to all")).action(async (flags: ServeFlags) => report(await runServe(false, flags, streams, interrupted)));
  addServe(program.command("echo").description("serve: send back what comes")).action(async (flags: ServeFlags) => report(await runServe(true, flags, streams, interrupted)));
  addBench(program.command("bench")).action(async (url: string | undefined, flags: BenchFlags & { readonly self?: boolean }, command: Command) => {
    if ((url === undefined) !== (flags.self === true)) command.error("error: name a URL or --self, and not both");
    report(await runBench(url, flags, streams, interrupted));
  });
  program.command("completion").description("print completion for a shell").argument("<shell>", shells.join(", ")).action((shell: string, _flags: object, command: Command) => {
    if (!isShell(shell)) command.error(`error: shell must be ${shells.join(", ")}`);
    else streams.stdout.write(completionOf(program, shell));
  });
  return program;
}

/** What may be repeated begins as an empty list, which tells nobody anything. */
function withoutEmptyDefault(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: \[\]\)$/, "");
}

function isShell(text: string): text is Shell {
  return shells.some((shell) => shell === text);
}

function addOutput(command: Command): Command {
  return command.optionsGroup("What is shown, and how bytes are typed:")
    .option("-v, --verbose [level]", "1: name opcodes and control frames; 2: show handshakes and frames", verbosity, 0)
    .option("-r, --raw", "plain lines: no prompt, no colours")
    .option("--json", "one JSON object per line")
    .option("--timings", "seconds since the start before each line")
    .option("--hex", "show bytes in hex")
    .addOption(new Option("-b, --binary <encoding>", "read lines as bytes").choices(["hex", "base64"]));
}

/** `-v`, `-vv`, `-v 2`, `-vv` as wsdump counts them. */
function verbosity(value: string | boolean, before: number): number {
  if (typeof value === "string" && /^v+$/.test(value)) return before + 1 + value.length;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : before + 1;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function addConnect(command: Command): Command {
  return addLink(addScript(addOutput(command.description("connect to a WebSocket server (the default)").argument("<url>", "ws://, wss://, or host:port")))).addHelpText("after", CONNECT_EXAMPLES)
    .optionsGroup("WebSocket:")
    .option("-s, --subprotocols <names...>", "subprotocols, the preferred one first")
    .option("--ping <seconds>", "send a Ping after so much silence", number(0)).option("--ping-timeout <seconds>", "give up after so much more", number(0))
    .option("--timeout <seconds>", "for connecting, and for the handshake", number(0.001))
    .option("--reconnect", "connect again when the connection is lost");
}

function addSocketIo(command: Command): Command {
  return addEngine(command.description("talk to a Socket.IO server: events in and out").argument("<url>", "http(s)://host/namespace, or host:port"), "/socket.io").addHelpText("after", IO_EXAMPLES)
    .optionsGroup("Socket.IO:")
    .option("--namespace <name>", "instead of the URL's path")
    .option("--auth <json>", "what the server is told about who asks: a JSON object")
    .option("--ask", "lines and -x want an answer, which is shown")
    .option("--ask-timeout <seconds>", "how long an answer may take", number(0.001), 10)
    .option("--reconnect", "connect again when the connection is lost");
}

function addEngineIo(command: Command): Command {
  return addEngine(command.description("talk to an Engine.IO server: plain messages").argument("<url>", "http(s)://host, or host:port"), "/engine.io").addHelpText("after", EIO_EXAMPLES);
}

function addEngine(command: Command, path: string): Command {
  return addLink(addScript(addOutput(command)))
    .optionsGroup("Engine.IO:")
    .option("--path <path>", `where the server listens; default ${path}`)
    .addOption(new Option("--transports <names...>", "polling, websocket; default both, in this order").choices(["polling", "websocket"]))
    .option("-q, --query <name=value>", "a parameter of the URL; may be repeated", collect, [])
    .option("--timeout <seconds>", "for connecting", number(0.001));
}

/** What is said, and when it ends. */
function addScript(command: Command): Command {
  return command.optionsGroup("What is said, and when it ends:")
    .option("-t, --text <text>", "send this first")
    .option("-x, --execute <text>", "send this, wait a second, end; may be repeated", collect, [])
    .option("-w, --wait <seconds>", "end after so long", number(0))
    .option("--count <messages>", "end after so many messages", number(1))
    .option("--eof-wait <seconds>", "stay so long after the end of standard input", number(0), 0);
}

/** The request, and the way to the server. */
function addLink(command: Command): Command {
  return command.optionsGroup("The request, and the way to the server:")
    .option("-H, --header <line>", "a header of the request, \"Name: value\"; may be repeated", collect, [])
    .option("--headers <lines>", "several, separated by commas")
    .option("-o, --origin <origin>", "the Origin header")
    .option("--host <host>", "the Host header")
    .option("--cookie <cookie>", "the Cookie header")
    .option("-p, --proxy <url>", "http, https, socks4, socks4a, socks5 or socks5h; default: the environment's")
    .option("-n, --nocert", "do not verify the server's certificate")
    .option("--ca <file>", "certificates to trust").option("--cert <file>", "our certificate").option("--key <file>", "its key").option("--passphrase <text>", "of the key").option("--servername <name>", "for SNI and verification")
    .option("-c, --compress", "offer permessage-deflate")
    .option("--max-message <bytes>", "largest message received", number(1)).option("--max-redirects <count>", "follow redirects", number(0));
}

function addServe(command: Command): Command {
  return addOutput(command).addHelpText("after", SERVE_EXAMPLES).optionsGroup("The server:")
    .option("--port <port>", "0 is a free one", number(0, 65_535), 8_080).option("--host <address>", "0.0.0.0 to be reached from elsewhere", "127.0.0.1").option("--path <path>", "only requests for this path")
    .option("-s, --subprotocols <names...>", "what is spoken here").option("-o, --origin <origins...>", "pages that may connect; * for all; default: those of this host")
    .option("--tls-cert <file>", "serve wss: with this certificate").option("--tls-key <file>", "and its key")
    .option("-c, --compress", "accept permessage-deflate")
    .option("--max-connections <count>", "refuse more", number(1)).option("--max-message <bytes>", "largest message received", number(1));
}

function addBench(command: Command): Command {
  return command.description("send messages to an echo server and time them").argument("[url]").addHelpText("after", BENCH_EXAMPLES)
    .option("--self", "an echo server of our own")
    .option("--connections <count>", "side by side", number(1, 10_000), 10).option("--in-flight <count>", "messages on their way per connection", number(1, 10_000), 1)
    .option("--size <bytes>", "of a message", number(0, 100_000_000), 64).option("--messages <count>", "in all", number(1, 100_000_000), 20_000)
    .option("-c, --compress", "offer permessage-deflate").option("--json", "the result as JSON");
}
