import { expect, test } from "vitest";
import { referencePage } from "../test/support/reference.js";

test("docs/reference/errors.md is what the tables say; `pnpm --filter @x/errors reference` writes it", async () => {
  await expect(referencePage()).toMatchFileSnapshot("../../../docs/reference/errors.md");
});
