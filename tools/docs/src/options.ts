/**
 * The options that a package's entries export, read by the TypeScript compiler from interfaces and their docstrings.
 */
import { relative } from "node:path";
import ts from "typescript";
import { root, type PublishedPackage } from "./packages.js";
import { wordsOf, type OptionWords } from "./sentences.js";

export interface Option extends OptionWords {
  readonly name: string;
  /** As the source writes it, on one line. */
  readonly type: string;
  readonly isRequired: boolean;
}

/** Options that another table has. */
export interface Inherited {
  readonly from: string;
  /** The package whose page has it. */
  readonly owner: string;
  /** Those that are left out. */
  readonly but: readonly string[];
}

export interface OptionsTable {
  readonly name: string;
  readonly doc: string;
  /** Entries that export its type. */
  readonly entries: readonly string[];
  /** Calls that take it: "connect(url, options)". */
  readonly takenBy: readonly string[];
  readonly inherited: readonly Inherited[];
  readonly options: readonly Option[];
}

/** Interfaces alone: unions such as `InboxPolicy` are values of options. What errors are made of is in errors.md. */
function isOptions(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const isNamedSo = (symbol.flags & ts.SymbolFlags.Interface) !== 0 && /(?:Options|Policy|Limits|Callbacks)$/.test(symbol.name);
  return isNamedSo && !checker.getDeclaredTypeOfSymbol(symbol).getProperties().some((property) => declaringInterface(property, checker)?.name === "TransportErrorOptions");
}

/** A compiler that knows every entry; types are looked up where they are asked for, nothing is checked. */
export function compilerFor(packages: readonly PublishedPackage[]): ts.Program {
  const { config } = ts.readConfigFile(`${root}/tsconfig.base.json`, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = packages.flatMap(({ entries }) => entries.flatMap((entry) => entry.files));
  return ts.createProgram([...new Set(files)], { ...options, types: ["node"], typeRoots: [`${root}/node_modules/@types`] });
}

/** What a package exports of interest here. */
interface Surface {
  /** Options that it declares itself, and the entries that export them. */
  readonly options: ReadonlyMap<ts.Symbol, ReadonlySet<string>>;
  readonly callables: readonly ts.Symbol[];
}

/** Which package's page has the table of these options. */
type Owners = ReadonlyMap<ts.Symbol, string>;

/** @returns by package, a table for each type of options that it declares and exports, in the order of its entries. */
export function optionsOf(packages: readonly PublishedPackage[], program: ts.Program): Map<string, readonly OptionsTable[]> {
  const checker = program.getTypeChecker();
  const surfaces = packages.map((one) => ({ name: one.name, ...surfaceOf(one, program, checker) }));
  const owners: Owners = new Map(surfaces.flatMap(({ name, options }) => [...options.keys()].map((symbol) => [symbol, name] as const)));
  return new Map(surfaces.map(({ name, options, callables }) => [name, [...options].map(([symbol, entries]) => tableOf(symbol, [...entries], owners, callables, checker))]));
}

function surfaceOf({ entries, folder }: PublishedPackage, program: ts.Program, checker: ts.TypeChecker): Surface {
  const options = new Map<ts.Symbol, Set<string>>();
  const callables = new Set<ts.Symbol>();
  for (const { name, files } of entries) {
    for (const symbol of files.flatMap((file) => exportsOf(program, checker, file))) {
      if (isOptions(symbol, checker) && isDeclaredIn(symbol, folder)) options.set(symbol, (options.get(symbol) ?? new Set()).add(name));
      else if ((symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) !== 0) callables.add(symbol);
    }
  }
  return { options, callables: [...callables] };
}

function exportsOf(program: ts.Program, checker: ts.TypeChecker, file: string): ts.Symbol[] {
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${relative(root, file)} is not there, or is no module: the export map names it`);
  return checker.getExportsOfModule(module).map((symbol) => ((symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)));
}

function isDeclaredIn(symbol: ts.Symbol, folder: string): boolean {
  return symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName.startsWith(`${folder}/`)) === true;
}

function tableOf(symbol: ts.Symbol, entries: readonly string[], owners: Owners, callables: readonly ts.Symbol[], checker: ts.TypeChecker): OptionsTable {
  const properties = checker.getDeclaredTypeOfSymbol(symbol).getProperties().filter((property) => !isInternal(property));
  const parentOf = (property: ts.Symbol): ts.Symbol | undefined => {
    const parent = declaringInterface(property, checker);
    return parent !== undefined && parent !== symbol && owners.has(parent) ? parent : undefined;
  };
  const parents = new Set(properties.map(parentOf).filter((parent) => parent !== undefined));
  return {
    name: symbol.name,
    doc: docOf(symbol, checker),
    entries,
    takenBy: [...new Set(callables.flatMap((callable) => callsWith(symbol.name, callable)))],
    inherited: [...parents].map((parent) => ({ from: parent.name, owner: owners.get(parent) ?? "", but: lacking(parent, properties, checker) })),
    options: properties.filter((property) => parentOf(property) === undefined).map((property) => optionOf(property, checker)),
  };
}

function declaringInterface(property: ts.Symbol, checker: ts.TypeChecker): ts.Symbol | undefined {
  const parent = property.declarations?.[0]?.parent;
  return parent !== undefined && ts.isInterfaceDeclaration(parent) ? checker.getSymbolAtLocation(parent.name) : undefined;
}

function lacking(parent: ts.Symbol, properties: readonly ts.Symbol[], checker: ts.TypeChecker): string[] {
  const names = new Set(properties.map(({ name }) => name));
  return checker.getDeclaredTypeOfSymbol(parent).getProperties().map(({ name }) => name).filter((name) => !names.has(name));
}

function isInternal(property: ts.Symbol): boolean {
  return property.getJsDocTags().some(({ name }) => name === "internal");
}

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return symbol.getDocumentationComment(checker).map(({ kind, text }) => (kind === "linkName" ? `\`${text}\`` : kind === "link" ? "" : text)).join("").replace(/\s+/g, " ").trim();
}

function optionOf(property: ts.Symbol, checker: ts.TypeChecker): Option {
  const { name } = property;
  return { name, type: typeOf(property, checker), isRequired: (property.flags & ts.SymbolFlags.Optional) === 0, ...wordsOf(name, docOf(property, checker)) };
}

function typeOf(property: ts.Symbol, checker: ts.TypeChecker): string {
  const declaration = property.declarations?.[0];
  if (declaration !== undefined && ts.isMethodSignature(declaration)) return oneLine(`(${declaration.parameters.map((one) => one.getText()).join(", ")}) => ${declaration.type?.getText() ?? "void"}`);
  if (declaration !== undefined && ts.isPropertySignature(declaration) && declaration.type !== undefined) return oneLine(declaration.type.getText()).replace(/ \| undefined$/, "");
  return checker.typeToString(checker.getTypeOfSymbol(property));
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*(?:\|\s*)?/g, " ").trim();
}

/** Functions, constructors and methods with a parameter of that type. */
function callsWith(name: string, callable: ts.Symbol): string[] {
  const takes = ({ type }: ts.ParameterDeclaration): boolean => type !== undefined && new RegExp(`\\b${name}\\b`).test(type.getText());
  const call = (label: string, parameters: readonly ts.ParameterDeclaration[]): string[] => (parameters.some(takes) ? [`${label}(${parameters.map((one) => one.name.getText().replace(/\s+/g, " ")).join(", ")})`] : []);
  return (callable.declarations ?? []).flatMap((declaration) => {
    if (ts.isFunctionDeclaration(declaration)) return call(callable.name, [...declaration.parameters]);
    if (!ts.isClassDeclaration(declaration)) return [];
    return declaration.members.flatMap((member) => {
      if (ts.isConstructorDeclaration(member)) return call(`new ${callable.name}`, [...member.parameters]);
      return ts.isMethodDeclaration(member) && ts.isIdentifier(member.name) ? call(`${callable.name}.${member.name.text}`, [...member.parameters]) : [];
    });
  });
}
