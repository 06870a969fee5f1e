import { StrictMode, useEffect, useMemo, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { list } from '../ui/format';
import { Failure } from '../ui/ui';
import css from './dashboards.module.css';
import './export.css';
import { said, type Values } from './filters';
import { Page } from './Page';
import { type Source, SourceContext } from './source';
import type { Answer, Dashboard, Options } from './types';

/**
 * A dashboard as a file that stands for itself: what it shows is in the page, as JSON, so that it opens anywhere, with
 * no server and no network. PDF and pictures are made of the same page.
 */
interface Kept {
  definition: Dashboard;
  options: Options;
  values: Values;
  blocks: Record<string, Answer | { error: string }>;
}

function read(): Kept {
  return JSON.parse(document.getElementById('dashboard')!.textContent) as Kept;
}

const file = ({ options, blocks }: Kept): Source => ({
  live: false,
  leads: false,
  useOptions: () => ({ data: options, error: null, stale: false }),
  useBlock: (_, { id }) => {
    const answer = blocks[id];
    if (answer && !('error' in answer)) return { data: answer, error: null, stale: false };
    return { data: undefined, error: new Error(answer?.error ?? 'This part is not in the file'), stale: false };
  },
  exportOf: () => null,
});

function Whole({ kept }: { kept: Kept }) {
  const { definition, values, options, blocks } = kept;
  const source = useMemo(() => file(kept), [kept]);
  const waiting = useRef(
    definition.blocks.filter(({ id, kind }) => {
      const answer = blocks[id];
      return answer && 'figure' in answer && answer.figure && (kind === 'figure' || answer.rows.length > 0);
    }).length,
  );
  const ready = () => (document.documentElement.dataset.ready = 'yes');
  useEffect(() => {
    if (waiting.current === 0) ready();
  }, []);
  const drawn = () => {
    waiting.current--;
    if (waiting.current === 0) ready();
  };
  const given = definition.filters.flatMap((f) => {
    const value = said(f, values, options);
    return value === null ? [] : [`${f.label}: ${value}`];
  });
  return (
    <SourceContext value={source}>
      <main className={css.standing}>
        <header>
          <h1>
            <bdi>{definition.title}</bdi>
          </h1>
          {definition.description && (
            <p>
              <bdi>{definition.description}</bdi>
            </p>
          )}
          {definition.filters.length > 0 && (
            <p className="muted">
              {given.length > 0
                ? given.join(' · ')
                : `No filter is set: ${list(definition.filters.map((f) => f.label))}`}
            </p>
          )}
        </header>
        <Page dashboard={definition} values={values} onChange={() => {}} onDrawn={drawn} />
        <footer className={css.foot}>Release {definition.release}</footer>
      </main>
    </SourceContext>
  );
}

const root = document.body.appendChild(document.createElement('div'));
root.id = 'root';
document.querySelector('noscript')?.remove();
try {
  createRoot(root).render(
    <StrictMode>
      <Whole kept={read()} />
    </StrictMode>,
  );
} catch (e) {
  createRoot(root).render(<Failure error={e as Error} />);
}
