/** What the servers bound, and what the page and the terminal are told of it. Room: shared. */
export const limits = {
  /** Open connections to one server. Over it: 503. */
  connections: 256,
  /** Bytes of one request. Over it: close 1009. */
  requestBytes: 2_048,
  /** Requests of one connection at once, and from then on per second. Over it: close 1008. */
  requestBurst: 200,
  requestsPerSecond: 50,
  /** Channels of one connection, and of all together. Over it: a refusal. */
  channelsPerConnection: 64,
  channels: 1_024,
  /** Characters of a prompt. */
  promptChars: 200,
  /** Tokens of one text. */
  textTokens: 400,
  /** Points of a chart. */
  historyPoints: 600,
  /** Messages of a channel that can be resumed from. At least `textTokens`. */
  tapeMessages: 1_024,
  /** Streams of text in one page or terminal. */
  streams: 12,
} as const;
