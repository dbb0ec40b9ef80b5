/**
 * {@link SimpleClient} over Engine.IO's client.
 *
 * Room: socketio shell.
 */
import type { DefaultEventsMap } from "../../core/event-types.js";
import { type ClientOptions, Manager } from "./lookup.js";
import { SimpleClient as AnySimpleClient, type SimpleClientOptions as OwnOptions } from "./simple-client.js";
import { page, readAddress } from "./url.js";

/** Its own options and all of `io`'s. */
export interface SimpleClientOptions extends OwnOptions, ClientOptions {}

/** Its connection is its own. Options given here hold for every `connect`. */
export class SimpleClient<Listen = DefaultEventsMap, Emit = DefaultEventsMap> extends AnySimpleClient<Listen, Emit, ClientOptions> {
  constructor(options: SimpleClientOptions = {}) {
    super(options, (url, settings, namespace) => {
      const { manager, path } = open(url, settings);
      return manager.socket(namespace ?? path, settings);
    });
  }
}

function open(url: string, settings: ClientOptions): { readonly manager: Manager; readonly path: string } {
  const { origin, namespace, query } = readAddress(url, page());
  return { manager: new Manager(query === "" ? origin : `${origin}/?${query}`, { ...settings, autoConnect: false }), path: namespace };
}
