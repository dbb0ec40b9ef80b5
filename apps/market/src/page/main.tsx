/**
 * The page starts here. Room: page.
 */
import "@fontsource-variable/instrument-sans/index.css";
import "uplot/dist/uPlot.min.css";
import "./styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { openChannels } from "../market/open-channels.js";
import { ChannelReader } from "../market/reader.js";
import { App } from "./app.js";
import { MarketStore } from "./state/store.js";
import { StoreContext } from "./state/use-store.js";

const feed = new URL("/feed", location.href);
feed.protocol = feed.protocol.replace("http", "ws");
const store = new MarketStore(new ChannelReader(openChannels(feed.href)));
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<StrictMode><StoreContext value={store}><App /></StoreContext></StrictMode>);
