import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { path, post } from '../api/client';
import { useMay } from '../api/session';
import { navigate, usePath, useSearch } from '../app/router';
import { dateTime } from '../ui/format';
import { Button, Code, Dialog, Failure, Field, Head, Loaded } from '../ui/ui';
import { save } from './Block';
import css from './dashboards.module.css';
import { inForce, keys, read, said, type Values, write } from './filters';
import { Menu } from './Menu';
import { Page } from './Page';
import { served, SourceContext, useDashboard } from './source';
import type { Dashboard, Options } from './types';

const NONE: Options = {};

export default function DashboardView({ name = '' }: { name?: string }) {
  return <Loaded of={useDashboard(name)}>{(dashboard) => <Shown dashboard={dashboard} />}</Loaded>;
}

function Shown({ dashboard }: { dashboard: Dashboard }) {
  const source = useMemo(() => served(), []);
  const [values, change] = useValues(dashboard);
  const options = source.useOptions(dashboard, values).data ?? NONE;
  return (
    <div className={css.page}>
      <Head
        title={<bdi>{dashboard.title}</bdi>}
        actions={
          dashboard.blocks.length > 0 && (
            <>
              <Share dashboard={dashboard} values={values} options={options} />
              <Downloads dashboard={dashboard} values={values} />
            </>
          )
        }
      >
        <bdi>{dashboard.description}</bdi>
      </Head>
      <SourceContext value={source}>
        <Page dashboard={dashboard} values={values} onChange={change} />
      </SourceContext>
      <footer className={css.foot}>
        Release {dashboard.release} · <code>{dashboard.file}</code>
      </footer>
    </div>
  );
}

/** The values of filters, which the URL keeps; each change is a step that one can go back. */
export function useValues(dashboard: Dashboard): [Values, (next: Values) => void] {
  const search = useSearch();
  const here = usePath();
  const values = useMemo(() => read(dashboard.filters, search), [dashboard.filters, search]);
  const change = (next: Values) => {
    const query = write(dashboard.filters, next);
    navigate(query === '' ? here : `${here}?${query}`);
  };
  return [values, change];
}

const PAGES: [format: string, title: string, note: string][] = [
  ['html', 'Page', 'one HTML file that works anywhere'],
  ['pdf', 'PDF', 'to print or to send'],
  ['png', 'Picture', 'PNG of the whole page'],
  ['xlsx', 'Excel', 'a sheet for each part'],
  ['csv', 'CSV', 'the rows of all parts'],
];

function Downloads({ dashboard, values }: { dashboard: Dashboard; values: Values }) {
  const source = useMemo(() => served(), []);
  return (
    <Menu
      label="Download this dashboard"
      text="Download"
      items={[
        ...PAGES.map(([format, title, note]) => ({
          title,
          note,
          run: () => save(source.exportOf(dashboard, format, values)!, `${dashboard.name}.${format}`),
        })),
        { title: 'Print', note: 'as it is shown', run: () => print() },
      ]}
    />
  );
}

const TERMS: [string, string][] = [
  ['1d', 'a day'],
  ['7d', 'a week'],
  ['30d', '30 days'],
  ['365d', 'a year'],
];

/** A signed link, by which anybody sees this dashboard with these values, and nothing else. */
function Share({ dashboard, values, options }: { dashboard: Dashboard; values: Values; options: Options }) {
  const [open, setOpen] = useState(false);
  const [term, setTerm] = useState('7d');
  const link = useMutation({
    mutationFn: () =>
      post<{ url: string; expires: string }>(path`/dashboards/${dashboard.name}/links`, {
        filters: Object.fromEntries(
          dashboard.filters.flatMap((f) =>
            keys(f).flatMap((key) => {
              const given = inForce(f, key, values);
              return given.length === 0 ? [] : [[key, f.list ? given : given[0]!]];
            }),
          ),
        ),
        expires: term,
      }),
  });
  if (!useMay('editor')) return null;
  const close = () => {
    setOpen(false);
    link.reset();
  };
  const fixed = dashboard.filters.flatMap((f) => {
    const value = said(f, values, options);
    return value === null ? [] : [`${f.label}: ${value}`];
  });
  const url = link.data ? new URL(link.data.url, location.href).href : '';
  return (
    <>
      <Button icon="open" onClick={() => setOpen(true)}>
        Share
      </Button>
      <Dialog title="Share or embed" open={open} onClose={close}>
        {link.data ? (
          <div className={css.share}>
            <p>Works until {dateTime(link.data.expires)}, without a login:</p>
            <Code>{url}</Code>
            <p>In another page, if towpath.yml allows its origin:</p>
            <Code>{`<iframe src="${url}" title="${dashboard.title.replaceAll('"', '&quot;')}" width="100%" height="800"></iframe>`}</Code>
          </div>
        ) : (
          <form
            className={css.share}
            onSubmit={(e) => {
              e.preventDefault();
              link.mutate();
            }}
          >
            <p>Whoever has the link sees this dashboard{fixed.length > 0 && ' with these values'}, and nothing else.</p>
            {fixed.length > 0 && <p className="muted">{fixed.join(' · ')}</p>}
            <Field label="For">
              <select value={term} onChange={(e) => setTerm(e.target.value)}>
                {TERMS.map(([value, title]) => (
                  <option key={value} value={value}>
                    {title}
                  </option>
                ))}
              </select>
            </Field>
            {link.error && <Failure error={link.error} />}
            <Button type="submit" look="primary" disabled={link.isPending}>
              Make a link
            </Button>
          </form>
        )}
      </Dialog>
    </>
  );
}
