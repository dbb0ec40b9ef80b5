import { Decoder, Opcode, maxFrameBytes, writeControlFrame, writeTextFrame } from "@x/wsframe";

const buffer = new Uint8Array(maxFrameBytes("hello") + maxFrameBytes("?"));
const text = writeTextFrame(buffer, 0, "hello", undefined, 0x12345678); // a client masks its frames
const end = writeControlFrame(buffer, text, Opcode.ping, Uint8Array.of(63), 0x12345678);
const decoder = new Decoder({
  role: "server",
  sink: {
    onMessage: (data) => console.log("message", data),
    onPing: (payload) => console.log("ping", payload),
    onPong: (payload) => console.log("pong", payload),
    onClose: (code, reason) => console.log("close", code, reason),
  },
});
for (const byte of buffer.subarray(0, end)) decoder.push(Uint8Array.of(byte)); // however TCP cuts it
// prints: message hello
// prints: ping Uint8Array(1) [ 63 ]
