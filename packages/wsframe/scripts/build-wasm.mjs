/** Assembles src/unmask.wat and writes it, as base64, into src/unmask.wasm.ts. Run with `pnpm wasm`. */
import { readFile, writeFile } from "node:fs/promises";
import wabt from "wabt";

const source = new URL("../src/unmask.wat", import.meta.url);
const target = new URL("../src/unmask.wasm.ts", import.meta.url);

const { parseWat } = await wabt();
const module = parseWat("unmask.wat", await readFile(source, "utf8"), { simd: true });
const binary = Buffer.from(module.toBinary({}).buffer);
await writeFile(target, `/**
 * The assembled form of unmask.wat (${binary.length} bytes). Generated: change the .wat and run \`pnpm wasm\`.
 *
 * Room: wsframe core.
 */
export const unmaskWasm: string =
  "${binary.toString("base64").match(/.{1,116}/g).join('" +\n  "')}";
`);
process.stdout.write(`unmask.wasm.ts: ${binary.length} bytes\n`);
