/**
 * The built page, held in memory: every file with its headers, its hash and its compressed form.
 *
 * Room: server/http. A request can only name a key of the map, so no path leads outside the folder.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { StartError } from "@x/app-base/start-error";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
};
const compressible = /^text\/|svg|manifest/u;

interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly bodies: Readonly<Partial<Record<Encoding, Buffer<ArrayBuffer>>>> & { readonly identity: Buffer<ArrayBuffer> };
}
type Encoding = "br" | "gzip" | "identity";

export class Assets {
  readonly #assets: ReadonlyMap<string, Asset>;

  private constructor(assets: ReadonlyMap<string, Asset>) {
    this.#assets = assets;
  }

  /** Reads and compresses a folder. @throws {StartError} that says to build when there is no page in it. */
  static async load(folder: string): Promise<Assets> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile() && types[extname(entry.name)] !== undefined);
    const assets = await Promise.all(files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [`/${relative(folder, path).split(sep).join("/")}`, await toAsset(path)] as const;
    }));
    const map = new Map(assets);
    if (!map.has("/index.html")) throw new StartError(`Cannot find the page in ${folder}: build it first (pnpm build)`);
    return new Assets(map);
  }

  /** Answers GET and HEAD for a file, `/` being the page; undefined for any other path. */
  respond(request: Request): Response | undefined {
    const { pathname } = new URL(request.url);
    const asset = this.#assets.get(pathname === "/" ? "/index.html" : pathname);
    if (asset === undefined) return undefined;
    const headers = new Headers({ "Content-Type": asset.type, "Cache-Control": asset.cacheControl, ETag: asset.etag, Vary: "Accept-Encoding" });
    if (request.headers.get("If-None-Match")?.includes(asset.etag) === true) return new Response(null, { status: 304, headers });
    const encoding = chooseEncoding(asset, request.headers.get("Accept-Encoding") ?? "");
    if (encoding !== "identity") headers.set("Content-Encoding", encoding);
    const body = asset.bodies[encoding] ?? asset.bodies.identity;
    headers.set("Content-Length", String(body.length));
    return new Response(request.method === "HEAD" ? null : body, { headers });
  }
}

async function toAsset(path: string): Promise<Asset> {
  const identity = await readFile(path);
  const type = types[extname(path)] ?? "application/octet-stream";
  const etag = `W/"${createHash("sha256").update(identity).digest("base64url").slice(0, 22)}"`;
  const isHashed = path.includes(`${sep}assets${sep}`); // Vite puts the hash of the content into these names
  const cacheControl = isHashed ? "public, max-age=31536000, immutable" : "no-cache";
  if (!compressible.test(type)) return { type, etag, cacheControl, bodies: { identity } };
  const br = await promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  return { type, etag, cacheControl, bodies: { identity, br, gzip: await promisify(gzip)(identity) } };
}

function chooseEncoding(asset: Asset, accepted: string): Encoding {
  const offers = accepted.split(",").map((offer) => offer.trim().split(";")).filter(([, weight]) => !/^\s*q=0(\.0*)?$/u.test(weight ?? ""));
  const has = (encoding: string): boolean => offers.some(([name]) => name === encoding);
  return (["br", "gzip"] as const).find((encoding) => asset.bodies[encoding] !== undefined && has(encoding)) ?? "identity";
}
