import { type RefObject, useLayoutEffect, useState, useSyncExternalStore } from 'react';

/**
 * Which rows of a long list are seen, for lists of any length: browsers cannot scroll over more than some ten million
 * pixels, so beyond that a pixel stands for more than one.
 */
export interface Seen {
  first: number;
  last: number;
  /** How high the list is, as far as the browser is told. */
  height: number;
  /** From the top of what is seen to the top of the first row. */
  offset: number;
}

const MOST_PIXELS = 12_000_000;

export function seenRows(count: number, row: number, top: number, view: number): Seen {
  const whole = count * row;
  const height = Math.min(whole, MOST_PIXELS);
  const share = height > view ? Math.min(1, Math.max(0, top / (height - view))) : 0;
  const at = share * Math.max(0, whole - view);
  const first = Math.max(0, Math.min(count, Math.floor(at / row)));
  return { first, last: Math.min(count, Math.ceil((at + view) / row)), height, offset: first * row - at };
}

/** How far to scroll, from where it is now, until a row is seen. */
export function scrollTo(index: number, count: number, row: number, top: number, view: number): number {
  const whole = count * row;
  const height = Math.min(whole, MOST_PIXELS);
  if (height <= view) return top;
  const scale = (whole - view) / (height - view); // rows' pixels for each of the browser's
  const at = top * scale;
  const within = Math.min(Math.max(at, (index + 1) * row - view), index * row);
  return within === at ? top : within / scale;
}

/** Whether an element has been on the screen yet. */
export function useSeen(ref: RefObject<HTMLElement | null>): boolean {
  const [seen, see] = useState(false);
  useLayoutEffect(() => {
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        see(true);
        observer.disconnect();
      },
      { rootMargin: '200px' },
    );
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [ref]);
  return seen;
}

interface Scroll {
  top: number;
  left: number;
  width: number;
  height: number;
}

/** How an element is scrolled, looked at once a frame. */
export function useScroll(box: RefObject<HTMLElement | null>): Scroll {
  const [scroll, setScroll] = useState<Scroll>({ top: 0, left: 0, width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current!;
    let frame = 0;
    const look = () =>
      setScroll({
        top: element.scrollTop,
        left: element.scrollLeft,
        width: element.clientWidth,
        height: element.clientHeight,
      });
    const later = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    const observer = new ResizeObserver(later);
    observer.observe(element);
    element.addEventListener('scroll', later, { passive: true });
    look();
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      element.removeEventListener('scroll', later);
    };
  }, [box]);
  return scroll;
}

let printing = false;

/** Whether the page is being printed, so that what scrolls on a screen has to be there as a whole. */
export const usePrinting = () =>
  useSyncExternalStore(
    (listener) => {
      const set = (e: Event) => {
        printing = e.type === 'beforeprint';
        listener();
      };
      addEventListener('beforeprint', set);
      addEventListener('afterprint', set);
      return () => {
        removeEventListener('beforeprint', set);
        removeEventListener('afterprint', set);
      };
    },
    () => printing,
  );
