import { useEffect, useRef } from 'react';
import { Button, Failure } from './ui';
import css from './ui.module.css';

/** What is known of pages that come one after the other, as a query has it. */
interface Pages {
  data: unknown;
  isPlaceholderData: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: Error | null;
  fetchNextPage: () => Promise<unknown>;
}

/** Asks for the next page when it comes into sight, or is clicked; one that failed only when it is clicked. */
export function More({ what, pages }: { what: string; pages: Pages }) {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = pages;
  const ref = useRef<HTMLDivElement>(null);
  const ask = useRef(fetchNextPage);
  ask.current = fetchNextPage;
  const asks = hasNextPage && !pages.isPlaceholderData && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (!asks) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void ask.current(), {
      rootMargin: '400px',
    });
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [asks, data]); // a page that came may leave it in sight, of which nothing would tell
  if (!hasNextPage) return null;
  return (
    <div ref={ref} className={css.more}>
      {isFetchNextPageError && error && <Failure error={error} />}
      <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {isFetchNextPageError ? 'Try again' : `Older ${what}`}
      </Button>
    </div>
  );
}
