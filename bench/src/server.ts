/**
 * The process under test: starts the server (or client, or pool) it is told to and answers for its own CPU time and heap, nothing else.
 */
import type { ServerAnswer, ServerQuestion } from "./messages.js";
import type { ServerSpec, Start, Subject } from "./servers/contract.js";

const [name = "", spec = "{}"] = process.argv.slice(2);

function say(answer: ServerAnswer): void {
  process.send!(answer);
}

async function heapUsed(): Promise<number> {
  for (let turn = 0; turn < 6; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

async function answer(subject: Subject, question: ServerQuestion): Promise<void> {
  switch (question.kind) {
    case "cpu": {
      const { user, system } = process.cpuUsage();
      say({ kind: "cpu", micros: user + system });
      return;
    }
    case "heap":
      say({ kind: "heap", bytes: await heapUsed() });
      return;
    case "work":
      await subject.work?.(question.count);
      say({ kind: "worked" });
      return;
    case "stop":
      return process.exit(0); // not a signal, so that a CPU profile is written
  }
}

const { start } = (await import(`./${name}.js`)) as { readonly start: Start };
const subject = await start(JSON.parse(spec) as ServerSpec);
process.on("message", (question: ServerQuestion) => void answer(subject, question));
process.on("disconnect", () => process.exit(0));
say({ kind: "ready", port: subject.port, versions: process.version });
