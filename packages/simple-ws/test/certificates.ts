/** Certificates for tests, signed by an authority of the tests' own. */
import { generate } from "selfsigned";

export interface Certificates {
  /** What a client must trust. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** @param name the host that the certificate is for; `expired`: it was valid once. */
export async function certificateFor(name: string, expired = false): Promise<Certificates> {
  const day = 86_400_000;
  const pems = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - 10 * day),
    notAfterDate: new Date(Date.now() + (expired ? -day : 10 * day)),
    extensions: [{ name: "basicConstraints", cA: true }, { name: "subjectAltName", altNames: /^[\d.]+$/.test(name) ? [{ type: 7, ip: name }] : [{ type: 2, value: name }] }],
  });
  return { ca: pems.cert, key: pems.private, cert: pems.cert };
}
