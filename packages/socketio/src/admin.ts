/** `@x/socketio/admin`: what Socket.IO's admin UI connects to. Room: entry. */
export { Admin, instrument } from "./node/admin/instrument.js";
export type { AdminOptions, AdminUser } from "./node/admin/options.js";
