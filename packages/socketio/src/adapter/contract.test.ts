/** Our own adapters keep the contract. */
import { FakeClock } from "@x/testkit";
import { test } from "vitest";
import { adapterContract } from "../adapter-contract.js";
import { DEFAULT_RECOVERY } from "../core/recovery.js";
import { RecoverySessions } from "../core/recovery-sessions.js";
import { InMemoryAdapter } from "./in-memory.js";
import type { Adapter, AdapterNamespace } from "./port.js";
import { RecoveringAdapter } from "./recovering.js";

const cases = adapterContract.filter(({ isCluster }) => !isCluster);

function recovering(nsp: AdapterNamespace): Adapter {
  const nothing = (): void => undefined;
  const ports = { clock: new FakeClock(), encoder: nsp.server.encoder, generateId: () => "0123456789", heartbeatMs: 1, touch: nothing, onEmpty: nothing };
  return new RecoveringAdapter(nsp, new RecoverySessions(DEFAULT_RECOVERY, ports), { add: nothing, delete: nothing });
}

test.each(cases)("InMemoryAdapter $name", ({ run }) => run((nsp) => new InMemoryAdapter(nsp)));
test.each(cases)("RecoveringAdapter $name", ({ run }) => run(recovering));
