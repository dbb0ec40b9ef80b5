/**
 * Wire texts of the packets that carry no application data (protocol document §"Protocol").
 *
 * Room: engineio core. Imported as `Wire`, all of it, so that bundlers put each text in its place.
 */
export const close = "1";
export const ping = "2";
export const pong = "3";
export const message = "4";
export const upgrade = "5";
export const noop = "6";
/** PING and PONG of an upgrade. */
export const probe = "2probe";
export const probeAnswer = "3probe";
