import { connectResilient, llmStream } from "@x/pool/resilient";
import { serve } from "@x/simple-ws/server";

interface Token { readonly index: number; readonly text: string; readonly isLast: boolean }
interface Ask { readonly prompt: string; readonly after: number }
const words = "This answer was cut in the middle and is whole all the same.".split(" ");
let isBroken = true; // the line, for once
await using model = await serve({ // simulated: it has one answer
  onConnection: async (connection) => {
    for await (const request of connection) {
      const { after } = JSON.parse(String(request)) as Ask;
      for (const [at, word] of words.entries()) {
        if (at + 1 <= after) continue;
        const token: Token = { index: at + 1, text: at === 0 ? word : ` ${word}`, isLast: at === words.length - 1 };
        await connection.send(JSON.stringify(token));
        if (isBroken && at === 5) {
          isBroken = false;
          setImmediate(() => connection.terminate());
          break;
        }
      }
    }
  },
});

await using socket = await connectResilient<Token, Ask>(model.url, {
  ...llmStream, // the server is held up rather than a token dropped
  reconnect: { ...llmStream.reconnect, baseMs: 10 },
  replay: { sequenceIdOf: ({ index }) => index },
  onOpen: ({ lastSequenceId, send }) => send({ prompt: "What happened?", after: lastSequenceId ?? 0 }),
});
socket.on("reconnecting", () => process.stdout.write(" …"));
for await (const { text, isLast } of socket) {
  process.stdout.write(text);
  if (isLast) break;
}
console.log();
// prints: This answer was cut in the … middle and is whole all the same.
