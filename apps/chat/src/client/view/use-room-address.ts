/**
 * The open room is in the address (`#<room id>`): a reload, a bookmark and the back button find it again.
 *
 * Room: client/view.
 */
import { useCallback, useEffect } from "react";
import { useChat, useClient } from "../chat/chat-context.js";
import { roomsInOrder } from "../chat/state.js";

/** @returns what to call to open a room. */
export function useRoomAddress(): (roomId: string) => void {
  const client = useClient();
  const state = useChat();
  const { openRoomId, rooms } = state;
  const open = useCallback((roomId: string) => {
    if (location.hash !== `#${roomId}`) history.pushState(null, "", `#${roomId}`);
    client.select(roomId);
  }, [client]);
  useEffect(() => {
    const follow = (): void => {
      const roomId = location.hash.slice(1);
      if (client.getState().rooms.has(roomId)) client.select(roomId);
    };
    window.addEventListener("popstate", follow);
    return () => { window.removeEventListener("popstate", follow); };
  }, [client]);
  useEffect(() => {
    if (rooms.size === 0) return;
    if (openRoomId === undefined) {
      const wanted = location.hash.slice(1);
      const roomId = rooms.has(wanted) ? wanted : roomsInOrder(state)[0]?.id;
      if (roomId !== undefined) client.select(roomId);
    } else if (location.hash !== `#${openRoomId}`) history.replaceState(null, "", `#${openRoomId}`);
  }, [client, openRoomId, rooms, state]);
  return open;
}
