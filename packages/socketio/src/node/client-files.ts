/**
 * The client's bundles beside the endpoint: `/socket.io/socket.io.js` and its like, for `<script src>`.
 *
 * Room: socketio node. Names, ETag and caching are socket.io's. Only the names of a table exist, so that nothing that a peer writes
 * becomes a path; whatever is read or compressed is kept: eight files in three forms at most.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { chooseEncoding } from "@x/engineio/server";

/** Names in URLs, and the files that may stand for them: the first that is there does. */
const FILES: ReadonlyMap<string, readonly string[]> = new Map(
  ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"].flatMap((name) => [
    [name, standIns(name)],
    [`${name}.map`, standIns(name).map((file) => `${file}.map`)],
  ]),
);

const CODINGS = ["br", "gzip"] as const;
type Coding = (typeof CODINGS)[number];

const BROTLI_QUALITY = 9; // the best is ten times as slow, for the last three percent
const GZIP_LEVEL = 9;

const [compressBrotli, compressGzip] = [promisify(brotliCompress), promisify(gzip)];
const compressors: Readonly<Record<Coding, (plain: Buffer) => Promise<Buffer>>> = {
  br: (plain) => compressBrotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } }),
  gzip: (plain) => compressGzip(plain, { level: GZIP_LEVEL }),
};

interface ClientFile {
  /** In its directory. */
  readonly name: string;
  readonly plain: Buffer;
  /** Quoted, as in the header (RFC 9110 §8.8.3). */
  readonly etag: string;
  readonly compressed: Map<Coding, Promise<Buffer>>;
}

/** @returns the name of a file that a request asks for; `path` is the endpoint's, which frameworks may have taken off. */
export function clientFileName({ method, url = "/" }: IncomingMessage, path: string): string | undefined {
  if (method !== "GET" && method !== "HEAD") return undefined;
  const bare = path.replace(/\/+$/, "");
  const from = url.startsWith(`${bare}/`) ? bare.length + 1 : 1;
  if (!url.startsWith("socket.io.", from)) return undefined; // nearly every request ends here
  const [name = ""] = url.slice(from).split("?", 1);
  return FILES.has(name) ? name : undefined;
}

export class ClientFiles {
  readonly #directory: string;
  readonly #etag: ((file: Buffer) => string | Promise<string>);
  readonly #files = new Map<string, Promise<ClientFile>>();

  constructor(directory: string, etag: (file: Buffer) => string | Promise<string>) {
    this.#directory = directory;
    this.#etag = etag;
  }

  /** Answers a GET or HEAD for a name of the table. @param headers that the answer has in any case. */
  async serve(name: string, { headers: asked, method }: IncomingMessage, response: ServerResponse, headers: Readonly<Record<string, string>>): Promise<void> {
    const file = await this.#find(FILES.get(name) ?? []);
    if (file === undefined) {
      response.writeHead(404, headers).end();
      return;
    }
    const lasting = { ...headers, "ETag": file.etag, "Cache-Control": "public, max-age=0", "Vary": [headers["Vary"] ?? [], "Accept-Encoding"].flat().join(", ") };
    if (isKnown(asked["if-none-match"], file.etag)) {
      response.writeHead(304, lasting).end();
      return;
    }
    const coding = chooseEncoding(asked["accept-encoding"]?.toString(), CODINGS);
    const body = coding === undefined ? file.plain : await compressed(file, coding);
    response.writeHead(200, { ...lasting, ...describe(file), ...(coding !== undefined && { "Content-Encoding": coding }), "Content-Length": body.length });
    response.end(method === "HEAD" ? undefined : body);
  }

  async #find(names: readonly string[]): Promise<ClientFile | undefined> {
    for (const name of names) {
      const file = await this.#read(name);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  /** A file that is not there is looked for again: it may not be built yet. */
  async #read(name: string): Promise<ClientFile | undefined> {
    let reading = this.#files.get(name);
    if (reading === undefined) this.#files.set(name, (reading = this.#load(name)));
    try {
      return await reading;
    } catch (error) {
      this.#files.delete(name);
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  async #load(name: string): Promise<ClientFile> {
    const plain = await readFile(join(this.#directory, name));
    return { name, plain, etag: `"${await this.#etag(plain)}"`, compressed: new Map() };
  }
}

const PACKAGE = new URL("../../", import.meta.url); // of this file's sources and of its build alike

/** This package's, one for the process: all its servers hand out the same bytes. */
const own = new ClientFiles(fileURLToPath(new URL("dist/browser/", PACKAGE)), async () => {
  const { version } = JSON.parse(await readFile(new URL("package.json", PACKAGE), "utf8")) as { version: string };
  return version;
});

/** @param directory of files by socket.io-client's names; their ETag tells their content. Default: this package's, whose ETag is its version. */
export function clientFiles(directory: string | undefined): ClientFiles {
  return directory === undefined ? own : new ClientFiles(directory, (file) => createHash("sha256").update(file).digest("base64url"));
}

function standIns(name: string): readonly string[] {
  return name === "socket.io.js" ? [name, "socket.io.min.js"] : [name];
}

function compressed(file: ClientFile, coding: Coding): Promise<Buffer> {
  let body = file.compressed.get(coding);
  if (body === undefined) file.compressed.set(coding, (body = compressors[coding](file.plain)));
  return body;
}

function describe({ name }: ClientFile): Record<string, string> {
  const type = name.endsWith(".map") ? "json" : "javascript";
  return {
    "Content-Type": `application/${type}; charset=utf-8`,
    "X-Content-Type-Options": "nosniff",
    ...(type === "javascript" && { SourceMap: `${name}.map` }),
  };
}

/** Whether the client has this version of the file; weak comparison (RFC 9110 §13.1.2). */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.some((tag) => tag === "*" || tag === etag);
}
