/** Certificates for tests. Room: tests. */
import { generate } from "selfsigned";

export interface Certificate {
  readonly key: string;
  /** Signed by itself: what a client must trust, too. */
  readonly cert: string;
}

const DAY_MS = 86_400_000;

/** A certificate for 127.0.0.1. */
export async function certificate(): Promise<Certificate> {
  const pems = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + DAY_MS),
    extensions: [{ name: "basicConstraints", cA: true }, { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  return { key: pems.private, cert: pems.cert };
}
