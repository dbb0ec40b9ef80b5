/**
 * `dist/browser/socket.io.msgpack.min.js`: the client for `<script src>`, whose packets are MessagePack unless `parser` says otherwise.
 *
 * Room: socketio web; never imported.
 */
import { msgpackCodec } from "../codecs/msgpack.js";
import { type ClientOptions, io, Manager } from "../shell/client/lookup.js";
import { publish } from "./global.js";

const parser = msgpackCodec();

type Arguments = [uri: string | ClientOptions, options?: ClientOptions];

/** Without an address it is the page's, as without arguments. */
function withParser(uri: string | ClientOptions = {}, options?: ClientOptions): Arguments {
  return typeof uri === "object" ? [{ parser, ...options, ...uri }] : [uri, { parser, ...options }];
}

class MsgpackManager extends Manager {
  constructor(uri?: string | ClientOptions, options?: ClientOptions) {
    super(...withParser(uri, options));
  }
}

publish((uri, options) => io(...withParser(uri, options)), MsgpackManager);
