/**
 * Every limit that the server enforces and the page shows.
 *
 * Room: shared, plain data (no schema library), so that the page carries none of it that it does not use.
 */
export const limits = {
  /** Characters of a user's name, after trimming. */
  nameChars: { min: 2, max: 32 },
  /** Characters of a room's name, after trimming. */
  roomNameChars: { min: 2, max: 40 },
  /** Characters of a room's topic. */
  topicChars: 120,
  /** Characters (UTF-16 code units) of one message. */
  messageChars: 2000,
  /** Messages a user may send at once, and how many come back per second afterwards. */
  messageBurst: 10,
  messagesPerSecond: 1,
  /** Requests of any kind on one connection: burst, and per second afterwards. */
  requestBurst: 120,
  requestsPerSecond: 20,
  /** Rooms one user may create. */
  roomsPerUser: 20,
  /** Rooms one user may be in. */
  roomsJoined: 50,
  /** Rooms of the whole server. */
  roomsTotal: 500,
  /** Members of one room. */
  membersPerRoom: 1000,
  /** Connections (browser tabs) of one user. */
  connectionsPerUser: 12,
  /** Messages per page of history, and per catch-up after a reconnect. */
  pageSize: 50,
  catchUpSize: 200,
  /** Sign-in attempts per address: burst, and per second afterwards. */
  signInBurst: 20,
  signInsPerSecond: 0.5,
  /** Bytes of one packet from a client: a message of 2000 characters in UTF-8 with room to spare. */
  packetBytes: 16_384,
  /** Milliseconds after which "is typing" fades unless repeated, and how often the page repeats it. */
  typingTimeoutMs: 5000,
  typingRepeatMs: 2500,
} as const;
