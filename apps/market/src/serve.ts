/** `market`: the exchange and the gateway in one process, each on its port. Room: the program. */
import { fileURLToPath } from "node:url";
import { StartError } from "@x/app-base/start-error";
import { systemClock } from "@x/errors/clock";
import type { Config } from "./config.js";
import { Exchange } from "./exchange/exchange.js";
import { faster } from "./exchange/pace.js";
import { Gateway } from "./gateway/gateway.js";

export interface Running {
  /** Of the page. */
  readonly url: string;
  readonly exchangeUrl: string;
  readonly close: () => Promise<void>;
}

const builtPage = fileURLToPath(new URL("../page", import.meta.url));

/** @throws {StartError} a port is in use. */
export async function start({ host, port, exchangePort, exchangeUrl, publicUrl, seed, speed }: Config, pageFolder: string = builtPage): Promise<Running> {
  const exchange = exchangeUrl === undefined ? await onPort("EXCHANGE_PORT", exchangePort, () => Exchange.start({ port: exchangePort, name: publicUrl?.hostname, seed, clock: faster(systemClock, speed) })) : undefined;
  const upstream = exchange?.url ?? exchangeUrl ?? "";
  try {
    const gateway = await onPort("PORT", port, () => Gateway.start({ exchangeUrl: upstream, pageFolder, host, port, publicUrl }));
    const close = async (): Promise<void> => {
      await gateway.close();
      await exchange?.close();
    };
    return { url: gateway.url, exchangeUrl: upstream, close };
  } catch (error) {
    await exchange?.close();
    throw error;
  }
}

async function onPort<Server>(variable: string, port: number, listen: () => Promise<Server>): Promise<Server> {
  try {
    return await listen();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    throw new StartError(`Port ${port} is in use by another program. Choose another one: ${variable}=${port + 10}`, { cause: error });
  }
}
