/** What every suite shares. */
export { ask, type Answer } from "./ask.js";
export { chunksOf, concat, everySplit, hex, toHex } from "./bytes.js";
export { listen, type Listening } from "./listen.js";
export { FakeClock, seededRandom, settle } from "./time.js";
export { textPortContract, type ContractCase, type TextPortUnderTest } from "./text-port-contract.js";
export { deflateVectors, framingVectors, maskFrames, octets, readData, utf8Vectors } from "./vectors.js";
export type { DeflateVector, FramingVector, Utf8Vectors, VectorEvent, VectorRole } from "./vectors.js";
