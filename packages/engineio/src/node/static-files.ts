/**
 * Files of the application beside its server: pages, scripts, pictures.
 *
 * Room: engineio node. The package `send` reads them: types, ranges, validators, and no way out of a directory.
 */
import { statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, dirname, resolve } from "node:path";
import send from "send";

export interface StaticFile {
  /** A file, or a directory, relative to the working directory. */
  readonly filename: string;
  /** Default: by the extension. */
  readonly contentType?: string | undefined;
}

/**
 * URL paths and what lies there: a file at exactly its path, a directory at all paths below. The longest path wins. The entry `""` names the file
 * that a path ending in a slash stands for; default `index.html`.
 */
export type StaticFiles = Readonly<Record<string, string | StaticFile>>;

export interface StaticOptions {
  /** How long browsers may use a file without asking again. Milliseconds, default 0: they ask each time, and get 304 where nothing has changed. */
  readonly maxAgeMs?: number | undefined;
}

/** Answers GET and HEAD of files that exist; everything else goes to `next`, or is answered 404. */
export type StaticHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

interface Rule extends StaticFile {
  readonly path: string;
  readonly isDirectory: boolean;
}

interface Found {
  readonly root: string;
  /** Below the root, as the URL has it. */
  readonly path: string;
  readonly contentType: string | undefined;
}

/** @returns a handler for node:http, or a middleware: `createServer(staticFiles({ "/": "public/" }))`. Files whose names begin with a dot do not exist. */
export function staticFiles(files: StaticFiles, { maxAgeMs = 0 }: StaticOptions = {}): StaticHandler {
  const rules = Object.entries(files).filter(([path]) => path !== "").map(([path, file]) => ruleOf(path, file)).sort((one, other) => other.path.length - one.path.length);
  const index = files[""] === undefined ? { filename: "index.html" } : fileOf(files[""]);
  return (request, response, next = () => notFound(response)) => {
    const found = request.method === "GET" || request.method === "HEAD" ? find(rules, index, request.url ?? "/") : undefined;
    if (found === undefined) next();
    else serve(request, response, found, maxAgeMs, next);
  };
}

/** A directory's path ends in a slash, and so does all that lies below it begin. */
function ruleOf(path: string, given: string | StaticFile): Rule {
  const file = fileOf(given);
  const isDirectory = statSync(file.filename, { throwIfNoEntry: false })?.isDirectory() ?? file.filename.endsWith("/");
  return { ...file, isDirectory, path: isDirectory ? `${path.replace(/\/+$/, "")}/` : path };
}

function fileOf(file: string | StaticFile): StaticFile {
  return typeof file === "string" ? { filename: file } : file;
}

function find(rules: readonly Rule[], index: StaticFile, target: string): Found | undefined {
  const [path = "/"] = target.split("?", 1);
  const rule = rules.find((candidate) => (candidate.isDirectory ? path.startsWith(candidate.path) : path === candidate.path));
  if (rule === undefined) return undefined;
  const { filename, contentType } = rule;
  const root = resolve(filename);
  if (!rule.isDirectory) return { root: dirname(root), path: encodeURIComponent(basename(root)), contentType };
  const rest = path.slice(rule.path.length);
  if (rest === "" || rest.endsWith("/")) return { root, path: rest + index.filename, contentType: index.contentType ?? contentType };
  return { root, path: rest, contentType };
}

function serve(request: IncomingMessage, response: ServerResponse, { root, path, contentType }: Found, maxAgeMs: number, next: () => void): void {
  const stream = send(request, path, { root, index: false, dotfiles: "ignore", maxAge: maxAgeMs });
  stream.on("headers", () => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (contentType !== undefined) response.setHeader("Content-Type", contentType);
  });
  stream.on("directory", next);
  stream.on("error", (error: unknown) => {
    const status = statusOf(error);
    if (status === 404) next();
    else refuse(response, status);
  });
  stream.pipe(response);
}

function statusOf(error: unknown): number {
  return typeof error === "object" && error !== null && "status" in error && typeof error.status === "number" ? error.status : 500;
}

function notFound(response: ServerResponse): void {
  refuse(response, 404);
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy(); // a file that broke off in the middle must not look complete
    return;
  }
  const text = status === 404 ? "Not Found" : "Cannot serve this";
  response.writeHead(status, { "Content-Type": "text/plain; charset=UTF-8", "Content-Length": text.length });
  response.end(text);
}
