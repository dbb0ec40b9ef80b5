/**
 * `npm start`: set up, build the chat app with what it depends on, and serve it. Ends with the app's exit code.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Advice, Steps, explain } from "./src/console.mjs";
import { processors, run } from "./src/processes.mjs";
import { setUp } from "./src/setup.mjs";
import { runTurbo } from "./src/turbo.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const app = join(root, "apps/chat");

/** @returns {Promise<number>} the exit code */
async function start() {
  const steps = new Steps(3);
  const setup = await steps.run("Set up: pnpm and dependencies", () => setUp(root, steps));
  await steps.run("Build the chat app", async () => {
    const { code } = await runTurbo(setup, { tasks: ["build"], filters: ["@x/chat"], concurrency: processors(), onFailure: "never" }, steps);
    if (code !== 0) throw new Advice(`the build ended with code ${code}`, "the failed task's output is above; `npm test` checks everything");
  });
  steps.begin("Serve; Ctrl-C stops");
  return serve(setup.env);
}

/**
 * Runs the app's own start command without a shell or package manager between, so that signals and exit codes stay true.
 * @param {NodeJS.ProcessEnv} env
 */
async function serve(env) {
  /** @type {{ scripts: { start: string } }} */
  const { scripts } = JSON.parse(readFileSync(join(app, "package.json"), "utf8"));
  const [program = "", ...args] = scripts.start.split(" ");
  if (program !== "node" || !existsSync(join(app, args.at(-1) ?? ""))) throw new Advice(`cannot run "${scripts.start}" in apps/chat`, "its start script must be `node <built file>`");
  const { code } = await run(process.execPath, args, { cwd: app, env });
  return code;
}

try {
  process.exitCode = await start();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
