/**
 * Character codes of the packet types (protocol document §"Protocol"), for those who look at one character.
 *
 * Room: engineio core. Imported as `Code`, all of it, so that bundlers put each number in its place.
 */
export const open = 48;
export const close = 49;
export const ping = 50;
export const pong = 51;
export const message = 52;
export const noop = 54;
