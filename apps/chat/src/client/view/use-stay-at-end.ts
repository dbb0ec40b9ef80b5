/**
 * Scrolling of a log: stays at the end while the reader is there, stays put while older messages are put above.
 *
 * Room: client/view.
 */
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

export interface LogScroll { readonly isAtEnd: boolean; readonly onScroll: () => void; readonly toEnd: () => void }

/** Pixels from the end that still count as being there. */
const NEAR = 48;

/** @param first key of the oldest entry, @param last key of the newest, @param own key of the reader's newest: sending goes to the end. */
export function useStayAtEnd(element: RefObject<HTMLElement | null>, first: string | undefined, last: string | undefined, own: string | undefined): LogScroll {
  const [isAtEnd, setAtEnd] = useState(true);
  const before = useRef({ first, own, height: 0, top: 0, isAtEnd: true });

  const onScroll = useCallback(() => {
    const log = element.current;
    if (log === null) return;
    const isNear = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    before.current.top = log.scrollTop;
    before.current.isAtEnd = isNear;
    setAtEnd(isNear);
  }, [element]);

  const toEnd = useCallback(() => {
    const log = element.current;
    if (log !== null) log.scrollTop = log.scrollHeight;
    onScroll();
  }, [element, onScroll]);

  useLayoutEffect(() => {
    const log = element.current;
    if (log === null) return;
    const was = before.current;
    if (was.isAtEnd || was.own !== own) log.scrollTop = log.scrollHeight;
    else if (was.first !== first) log.scrollTop = was.top + log.scrollHeight - was.height;
    before.current = { ...was, first, own, height: log.scrollHeight, top: log.scrollTop };
    onScroll();
  }, [element, first, last, own, onScroll]);

  useLayoutEffect(() => {
    const log = element.current;
    if (log === null || typeof ResizeObserver === "undefined") return undefined;
    const observer = new ResizeObserver(() => { if (before.current.isAtEnd) log.scrollTop = log.scrollHeight; });
    observer.observe(log);
    return () => { observer.disconnect(); };
  }, [element]);

  return { isAtEnd, onScroll, toEnd };
}
