/** What can be broken, and what should happen then. Room: page/view. */
import { type ReactNode, useState } from "react";
import { NO_FAULTS, type Control, type Faults } from "../../shared/protocol.js";
import { changeFaults } from "../state/faults-api.js";
import { useView } from "../state/use-store.js";
import { ConnectionStrip } from "./connection-strip.js";

interface Switch {
  readonly fault: keyof Faults;
  readonly title: string;
  readonly says: string;
  readonly on: Partial<Faults>;
}

const SWITCHES: readonly Switch[] = [
  { fault: "silent", title: "Half-open silence", says: "The socket stays open and says nothing. The heartbeat finds out.", on: { silent: true } },
  { fault: "refuse", title: "Refuse with 503", says: "New connections must wait as long as Retry-After says.", on: { refuse: true } },
  { fault: "gap", title: "Lose messages", says: "One in twenty. Positions show what is missing; it is asked for again.", on: { gap: 0.05 } },
  { fault: "reorder", title: "Change the order", says: "One in ten comes after its successor, and is put right.", on: { reorder: 0.1 } },
  { fault: "duplicate", title: "Send twice", says: "Three in ten. The second is dropped.", on: { duplicate: 0.3 } },
  { fault: "slowMs", title: "Late by 0.8 s", says: "Charts lag; nothing else happens.", on: { slowMs: 800 } },
  { fault: "maxAgeMs", title: "Close after 8 s", says: "As exchanges do after a day.", on: { maxAgeMs: 8_000 } },
];

export function FaultPanel(): ReactNode {
  const faults = useView(({ status }) => status?.faults) ?? NO_FAULTS;
  const [problem, setProblem] = useState("");
  const change = (control: Control): void => {
    void changeFaults(control).then((isDone) => setProblem(isDone ? "" : "The exchange cannot be reached."));
  };
  return (
    <section className="panel faults" aria-labelledby="faults-title">
      <div className="panel-top">
        <h2 id="faults-title">Break the exchange</h2>
        <button type="button" className="button danger small" onClick={() => change({ drop: true })}>Drop connections</button>
      </div>
      <ConnectionStrip />
      <ul className="switches">
        {SWITCHES.map(({ fault, title, says, on }) => {
          const isOn = faults[fault] !== NO_FAULTS[fault];
          return (
            <li key={fault}>
              <button type="button" role="switch" aria-checked={isOn} aria-describedby={`says-${fault}`} className="switch" onClick={() => change(isOn ? { [fault]: NO_FAULTS[fault] } : on)}>
                <span className="switch-track" aria-hidden="true" />{title}
              </button>
              <p id={`says-${fault}`} className="muted">{says}</p>
            </li>
          );
        })}
      </ul>
      <p className="problem" role="alert">{problem}</p>
    </section>
  );
}
