import { useEffect, useRef } from 'react';
import { Button } from './ui';
import css from './ui.module.css';

/** Asks for the next page when it comes into sight, or is clicked. */
export function More({ what, busy, onMore }: { what: string; busy: boolean; onMore: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  const ask = useRef(onMore);
  ask.current = onMore;
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && ask.current(), {
      rootMargin: '400px',
    });
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [busy]); // a page that came may leave it in sight, of which nothing would tell
  return (
    <div ref={ref} className={css.more}>
      <Button disabled={busy} onClick={onMore}>
        Older {what}
      </Button>
    </div>
  );
}
