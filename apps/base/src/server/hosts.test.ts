import { expect, test } from "vitest";
import { knownHosts } from "./hosts.js";

const isKnown = knownHosts(undefined, "0.0.0.0", "Chat.Example");

test.each(["localhost", "localhost:3000", "LOCALHOST", "localhost.", "127.0.0.1", "127.0.0.1:80", "192.168.1.5:3000", "[::1]", "[::1]:3000", "chat.example", "CHAT.example.:443"])(
  "knownHosts(): %s is known", (host) => expect(isKnown(host)).toBe(true));

test.each([
  undefined, "", ":3000", "evil.example", "evil.example:3000", "localhost.evil.example", "evil.localhost", "127.0.0.1.evil.example", "chat.example.evil", "a.chat.example",
  "localhost@evil.example", "evil.example@localhost", "localhost/", "[::1", "[evil]", "[127.0.0.1]", "::1", "127.1", "2130706433", "0x7f.1", "localhost:3000:1", "localhost evil.example",
])("knownHosts(): %j is not", (host) => expect(isKnown(host)).toBe(false));
