/** Our own adapters keep the contract, and the contract catches those that do not. */
import { FakeClock } from "@x/testkit";
import { expect, test } from "vitest";
import { adapterContract, ContractViolation } from "../adapter-contract.js";
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

class Twice extends InMemoryAdapter {
  override broadcast(...given: Parameters<InMemoryAdapter["broadcast"]>): void {
    super.broadcast(...given);
    super.broadcast(...given);
  }
}
class Forgetful extends InMemoryAdapter {
  override delAll(): void {
    // stays in its rooms
  }
}
class Rude extends InMemoryAdapter {
  override fetchSockets(): Promise<[]> {
    return Promise.resolve([]);
  }
}

test.each([["broadcasts", Twice], ["knows", Forgetful], ["finds", Rude]] as const)("the case that %s … catches an adapter that does not", async (name, Broken) => {
  const [faulty] = cases.filter((each) => each.name.startsWith(name));
  await expect(faulty?.run((nsp) => new Broken(nsp))).rejects.toThrow(ContractViolation);
});
