/** `dist/browser/socket.io.min.js`: the client for `<script src>`, as the global `io`. Room: socketio web; never imported. */
import { io, Manager } from "../shell/client/lookup.js";
import { publish } from "./global.js";

publish(io, Manager);
