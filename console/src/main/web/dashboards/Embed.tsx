import { useMemo, useState } from 'react';
import { setSearch, useSearch } from '../app/router';
import { Loaded } from '../ui/ui';
import css from './dashboards.module.css';
import { keys, read, write } from './filters';
import { Page } from './Page';
import { served, type Source, SourceContext, useDashboard } from './source';
import type { Dashboard } from './types';

/** A dashboard in a frame of another page, or by a signed link: without a login, and with a way to nothing else. */
export default function Embed() {
  const [first] = useState(() => location.search.slice(1)); // the signature is of what the link had
  const name = decodeURIComponent(location.pathname.replace(/^\/embed\//, '').replace(/\/$/, ''));
  return (
    <main className={css.embed}>
      <Loaded of={useDashboard(name, first)}>{(dashboard) => <Framed dashboard={dashboard} />}</Loaded>
    </main>
  );
}

function Framed({ dashboard }: { dashboard: Dashboard }) {
  const { filters } = dashboard;
  const search = useSearch();
  const values = useMemo(() => read(filters, search), [filters, search]);
  // the signature, and what it holds fast, goes along with each question
  const extra = useMemo(() => {
    const params = new URLSearchParams(search);
    for (const filter of filters) if (!filter.fixed) keys(filter).forEach((key) => params.delete(key));
    return params.toString();
  }, [filters, search]);
  const source = useMemo((): Source => ({ ...served(extra), leads: false, exportOf: () => null }), [extra]);
  return (
    <SourceContext value={source}>
      <h1>
        <bdi>{dashboard.title}</bdi>
      </h1>
      <Page
        dashboard={dashboard}
        values={values}
        onChange={(next) => setSearch([write(filters, next), extra].filter(Boolean).join('&'))}
      />
    </SourceContext>
  );
}
