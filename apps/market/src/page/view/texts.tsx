/** Simulated texts, several at once over the same socket: asked for, cancelled, gone on with after a cut. Room: page/view. */
import { type ReactNode, type SubmitEvent, useState } from "react";
import { limits } from "../../shared/limits.js";
import type { TextState, TextView } from "../state/store.js";
import { useStore, useView } from "../state/use-store.js";

const EXAMPLES: readonly string[] = ["What is a tick?", "Why do sockets break?", "Tell me about the tape"];
const WORDS: Readonly<Record<TextState, string>> = { writing: "Writing", done: "Whole", cancelled: "Cancelled", refused: "Refused" };

export function TextPanel(): ReactNode {
  const store = useStore();
  const texts = useView((view) => view.texts);
  const [prompt, setPrompt] = useState("");
  const [problem, setProblem] = useState("");
  const write = (prompts: readonly string[]): void => setProblem(prompts.map((one) => store.write(one)).every(Boolean) ? "" : `At most ${limits.streams} at once. Cancel one first.`);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (prompt.trim() === "") return;
    write([prompt.trim()]);
    setPrompt("");
  };
  return (
    <section className="panel texts" aria-labelledby="texts-title">
      <h2 id="texts-title">Streams of text</h2>
      <p className="muted">A random generator writes at the pace of a language model; it is none. Break the exchange meanwhile: no token is lost or doubled.</p>
      <form onSubmit={onSubmit}>
        <label htmlFor="prompt" className="visually-hidden">Prompt</label>
        <input id="prompt" value={prompt} maxLength={limits.promptChars} placeholder="Ask for a text" autoComplete="off" onChange={(event) => setPrompt(event.target.value)} />
        <button type="submit" className="button primary">Write</button>
        <button type="button" className="button" onClick={() => write(EXAMPLES)}>Three at once</button>
      </form>
      <p className="problem" role="alert">{problem}</p>
      <ul className="text-list">
        {texts.map((text) => <Text key={text.id} text={text} onCancel={() => store.cancel(text.id)} />)}
      </ul>
    </section>
  );
}

function Text({ text: { prompt, text, tokens, state }, onCancel }: { readonly text: TextView; readonly onCancel: () => void }): ReactNode {
  const isCut = useView(({ link, status }) => link !== "open" || status?.state !== "open");
  return (
    <li>
      <article className="text" aria-label={prompt}>
        <header>
          <h3>{prompt}</h3>
          <span className={`chip ${state === "writing" && isCut ? "waiting" : state}`}>{state === "writing" && isCut ? "Waiting" : WORDS[state]}</span>
          <span className="muted tokens">{tokens} tokens</span>
          {state === "writing" && <button type="button" className="button small" aria-label={`Cancel: ${prompt}`} onClick={onCancel}>Cancel</button>}
        </header>
        <p className="text-body">{text}{state === "writing" && <span className="caret" aria-hidden="true" />}</p>
      </article>
    </li>
  );
}
