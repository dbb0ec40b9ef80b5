import { connect, serve } from "@x/socketio";
import { bySid, SidNamespace } from "@x/socketio/by-sid";

class Chat extends SidNamespace {
  override readonly handlers = {
    say: (_sid: string, text: string) => {
      this.emit("said", text, { room: "all" });
      return "sent";
    },
  };

  override onConnect(sid: string): unknown {
    return this.enterRoom(sid, "all");
  }

  override onEvent(event: string, _sid: string, ...args: unknown[]): unknown {
    return `${event} is for nobody, with ${args.length} arguments`;
  }
}

await using io = await serve({ host: "127.0.0.1" });
bySid(io).registerNamespace(new Chat("/chat"));

const socket = await connect(`${io.url ?? ""}/chat`);
socket.on("said", (text: string) => console.log(text));
console.log(await socket.emitWithAck("say", "hello, class"));
console.log(await socket.emitWithAck("whatever", 1, 2));
socket.disconnect();
// prints: hello, class
// prints: sent
// prints: whatever is for nobody, with 2 arguments
