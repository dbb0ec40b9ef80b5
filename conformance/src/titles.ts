/** The titles of a test file's tests, as its syntax has them: what a comment says, or a test that is skipped whatever happens, is none. */
import ts from "typescript";

const CALLS: ReadonlySet<string> = new Set(["test", "it", "describe"]);
const NEVER: ReadonlySet<string> = new Set(["skip", "todo"]);
/** The whole title comes from a table: by the property of its rows. */
const FROM_TABLE: ReadonlyMap<string, string> = new Map([["%s", "name"], ["$name", "name"], ["$title", "title"]]);

/** @returns titles as they are written: placeholders of tables and templates stay. */
export function titlesIn(source: string): ReadonlySet<string> {
  const titles = new Set<string>();
  const properties: [name: string, text: string][] = [];
  const visit = (node: ts.Node): void => {
    const call = readCall(node);
    if (call?.isSkipped === true) return;
    if (call?.title !== undefined) titles.add(call.title);
    if (ts.isPropertyAssignment(node)) properties.push([node.name.getText(), textOf(node.initializer) ?? ""]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("a.test.ts", source, ts.ScriptTarget.Latest, true));
  const tables = new Set([...titles].map((title) => FROM_TABLE.get(title)));
  for (const [name, text] of properties) if (tables.has(name)) titles.add(text);
  return titles;
}

/** `test("…")`, `test.each(…)("…")`, `describe.skip("…")` and their like: this reads skipped tests, it is none. */
function readCall(node: ts.Node): { readonly title: string | undefined; readonly isSkipped: boolean } | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const { root, members } = readCallee(node.expression);
  if (!CALLS.has(root)) return undefined;
  const [first] = node.arguments;
  return { title: first === undefined ? undefined : textOf(first), isSkipped: members.some((member) => NEVER.has(member)) };
}

function readCallee(expression: ts.Expression, members: readonly string[] = []): { readonly root: string; readonly members: readonly string[] } {
  if (ts.isCallExpression(expression)) return readCallee(expression.expression, members);
  if (ts.isTaggedTemplateExpression(expression)) return readCallee(expression.tag, members);
  if (ts.isPropertyAccessExpression(expression)) return readCallee(expression.expression, [...members, expression.name.text]);
  return { root: ts.isIdentifier(expression) ? expression.text : "", members };
}

function textOf(node: ts.Expression): string | undefined {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ? node.getText().slice(1, -1) : undefined;
}
