import { expect, test } from "vitest";
import { firstExample } from "./readme.js";

test("firstExample() takes the first ts block, whatever stands around it", () => {
  const readme = "# A\n\n```sh\nnpm i\n```\n\n```ts\nimport a from \"a\";\na();\n```\n\n```ts\nb();\n```\n";
  expect(firstExample(readme)).toEqual({ code: "import a from \"a\";\na();\n", line: 7 });
});

test("firstExample() reads Windows line ends", () => {
  expect(firstExample("```ts\r\na();\r\n```\r\n")).toEqual({ code: "a();\n", line: 1 });
});

test.each(["", "no code", "```js\na();\n```", "```tsx\na();\n```", "```ts\nnever closed", "text ```ts\na();\n```"])("firstExample() finds none in %j", (readme) => {
  expect(firstExample(readme)).toBeUndefined();
});
