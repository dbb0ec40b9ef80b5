/**
 * One source file's imports and the few statements that rules ask about, read with TypeScript's parser.
 *
 * Every way to name another module counts: import and export declarations, dynamic `import()`, `require()`,
 * `import x = require()`, import types, and `/// <reference types>`. Nothing is resolved here.
 */
import ts from "typescript";

export interface ImportSite {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
}

export interface ScannedFile {
  readonly imports: readonly ImportSite[];
  /** First statement that is neither an import nor a re-export of something imported. */
  readonly firstOwnStatementLine: number | undefined;
  /** First `await` (also `for await`, `await using`) outside every function. */
  readonly topLevelAwaitLine: number | undefined;
}

/** @param file only its extension matters: .tsx is read as JSX. */
export function scanFile(file: string, text: string): ScannedFile {
  const source = ts.createSourceFile(file, text, { languageVersion: ts.ScriptTarget.ESNext, impliedNodeFormat: ts.ModuleKind.ESNext }, true);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const imports: ImportSite[] = source.typeReferenceDirectives.map(({ fileName, pos }) => ({ specifier: fileName, line: lineOf(pos) }));
  let topLevelAwaitLine: number | undefined;
  const visit = (node: ts.Node, isInFunction: boolean): void => {
    const named = importedSpecifier(node);
    if (named !== undefined) imports.push({ specifier: named.text, line: lineOf(named.getStart(source)) });
    if (!isInFunction && isAwait(node)) topLevelAwaitLine ??= lineOf(node.getStart(source));
    const entersFunction = isInFunction || ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => { visit(child, entersFunction); });
  };
  visit(source, false);
  const own = firstOwnStatement(source);
  return { imports, firstOwnStatementLine: own && lineOf(own.getStart(source)), topLevelAwaitLine };
}

/** The string that names another module, where `node` is something that imports. */
function importedSpecifier(node: ts.Node): ts.StringLiteralLike | undefined {
  const name = moduleNameOf(node);
  return name !== undefined && ts.isStringLiteralLike(name) ? name : undefined;
}

function moduleNameOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === "require";
  return isImport || isRequire ? node.arguments[0] : undefined;
}

function isAwait(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node)) return true;
  if (ts.isForOfStatement(node)) return node.awaitModifier !== undefined;
  return ts.isVariableDeclarationList(node) && node.getText().startsWith("await");
}

function firstOwnStatement(source: ts.SourceFile): ts.Statement | undefined {
  return source.statements.find((statement) => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement));
}
