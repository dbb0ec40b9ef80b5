/** The store, for components: each is rendered when its own part has changed. Room: page/state. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { MarketStore, View } from "./store.js";

export const StoreContext = createContext<MarketStore | undefined>(undefined);

export function useStore(): MarketStore {
  const store = useContext(StoreContext);
  if (store === undefined) throw new Error("There is no store above this component");
  return store;
}

/** @param select gives the same object while nothing has changed. */
export function useView<Part>(select: (view: View) => Part): Part {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => select(store.view));
}
