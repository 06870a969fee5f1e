import { useEffect, useMemo, useRef, useState } from 'react';
import { Failure, Skeleton } from '../ui/ui';
import css from './dashboards.module.css';
import { bundleFor, dressed, type Place } from './figure';
import { useLook } from './look';
import { CONFIG, type Drawn, load, loaded, type Plotly } from './plotly';
import type { Figure } from './types';

/** A figure, drawn by Plotly in the colours of the page. */
export function Plot({
  figure,
  label,
  height,
  titled,
  authored,
  onMark,
  onDrawn,
}: {
  figure: Figure;
  label: string;
  /** In pixels. */
  height: number;
  onMark?: (customdata: unknown) => void;
  onDrawn?: () => void;
} & Place) {
  const box = useRef<HTMLDivElement>(null);
  const look = useLook();
  const bundle = bundleFor(figure);
  const [plotly, setPlotly] = useState<Plotly | null>(() => loaded(bundle));
  const [error, setError] = useState<Error | null>(null);
  const acts = useRef({ onMark, onDrawn });
  acts.current = { onMark, onDrawn };
  const drawn = useMemo(
    () => dressed(figure, look, { height, titled, authored }),
    [figure, look, height, titled, authored],
  );

  useEffect(() => {
    let gone = false;
    load(bundle).then(
      (found) => !gone && setPlotly(() => found),
      () => !gone && setError(new Error('The part of the console that draws could not be loaded')),
    );
    return () => {
      gone = true;
    };
  }, [bundle]);

  useEffect(() => {
    const element = box.current;
    if (!plotly || !element) return;
    const copy = structuredClone(drawn); // Plotly writes into what it is given
    plotly.react(element, { ...copy, config: CONFIG }).then(
      () => {
        const plot = element as unknown as Drawn;
        plot.removeAllListeners('plotly_click');
        plot.on('plotly_click', ({ points }) => points[0] && acts.current.onMark?.(points[0].customdata));
        setError(null);
        acts.current.onDrawn?.();
      },
      (e: unknown) => {
        setError(e instanceof Error ? e : new Error(String(e)));
        acts.current.onDrawn?.();
      },
    );
  }, [plotly, drawn]);

  useEffect(() => {
    const element = box.current;
    if (!plotly || !element) return;
    let width = element.clientWidth;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === width || element.clientWidth === 0) return;
      width = element.clientWidth;
      void plotly.Plots.resize(element);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plotly.purge(element);
    };
  }, [plotly]);

  return (
    <>
      {error && <Failure error={error} />}
      {!plotly && !error && <Skeleton rows={Math.max(2, Math.floor(height / 30))} />}
      <div
        ref={box}
        className={css.plot}
        role="img"
        aria-label={label}
        data-clicks={onMark !== undefined}
        style={{ minHeight: plotly ? height : 0 }}
      />
    </>
  );
}
