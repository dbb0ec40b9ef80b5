import { expect, test } from "vitest";
import { adoptBytes } from "./adopt-bytes.js";
import { adoptBytes as adoptInPages } from "./adopt-bytes.web.js";

test("adoptBytes() gives a Buffer over the same memory on Node, elsewhere the bytes themselves", () => {
  const bytes = new Uint8Array([0, 1, 2, 3]).subarray(1, 3);
  expect(adoptInPages(bytes)).toBe(bytes);
  const adopted = adoptBytes(bytes);
  expect(adopted).toEqual(Buffer.from([1, 2]));
  bytes[0] = 7;
  expect(adopted).toEqual(Buffer.from([7, 2]));
});
