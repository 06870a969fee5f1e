import { type ReactNode, useMemo, useState } from 'react';
import { navigate } from '../app/router';
import { ask } from '../api/client';
import { count } from '../ui/format';
import { Icon } from '../ui/icons';
import { Button, Empty, Failure, Skeleton } from '../ui/ui';
import css from './dashboards.module.css';
import { DataTable } from './DataTable';
import { described, rowOf, selected, valueAt } from './figure';
import { inForce, toggle, type Values } from './filters';
import { Menu } from './Menu';
import { tableOf } from './numbers';
import { Plot } from './Plot';
import { useSource } from './source';
import type { Answer, Block as Described, Dashboard } from './types';
import { growth, show, target } from './values';

const HEIGHT = 320;

export interface BlockProps {
  dashboard: Dashboard;
  block: Described;
  values: Values;
  onChange: (next: Values) => void;
  onDrawn?: () => void;
}

/** One part of a dashboard. */
export function Block(props: BlockProps) {
  const { block } = props;
  if (block.kind === 'prose') {
    return <div className={css.prose} dangerouslySetInnerHTML={{ __html: block.html ?? '' }} />;
  }
  return <Asking {...props} />;
}

/** A part with an answer: what was there stays, marked as old, until the next is. */
function Asking({ dashboard, block, values, onChange, onDrawn }: BlockProps) {
  const source = useSource();
  const { data, error, stale } = source.useBlock(dashboard, block, values);
  const [table, setTable] = useState(false);
  const height = block.height ?? HEIGHT;
  const drawn = block.kind === 'chart' || block.kind === 'figure';
  const title = block.title || block.label || '';
  const name = title || block.id;

  let body: ReactNode;
  if (!data) {
    body = error ? (
      <Failure error={error} />
    ) : (
      <Skeleton rows={block.kind === 'metric' ? 1 : Math.round(height / 32)} />
    );
  } else if (block.kind === 'metric') {
    body = <Metric block={block} answer={data} />;
  } else if (block.kind === 'table' || !data.figure) {
    body = <Rows {...{ dashboard, block, values, onChange, height }} answer={data} label={name} />;
  } else if (table) {
    body = <Rows {...{ dashboard, block, values, onChange, height }} answer={tableOf(data)} label={name} />;
  } else {
    body = <Picture {...{ dashboard, block, values, onChange, onDrawn, height }} answer={data} name={title} />;
  }
  const actions = source.live && block.kind !== 'metric' && data && (
    <span className={css.blockActions}>
      {drawn && data.figure && (
        <Button
          look="quiet"
          icon={table ? 'chart' : 'table'}
          aria-label={table ? `${name} as a picture` : `${name} as a table`}
          title={table ? 'As a picture' : 'As a table'}
          onClick={() => setTable(!table)}
        />
      )}
      {block.kind !== 'figure' && <Exports dashboard={dashboard} block={block} values={values} name={name} />}
    </span>
  );
  return (
    <section className={css.block} data-kind={block.kind} data-stale={stale} aria-busy={stale} aria-label={name}>
      {(title || actions) && (
        <header>
          <h2>
            <bdi>{title}</bdi>
          </h2>
          {actions}
        </header>
      )}
      <div className={css.blockBody}>{body}</div>
      {data?.truncated && (
        <p className={css.more}>
          Of {count(data.rowCount)} rows the first {count(data.rows.length)} are shown; CSV and Excel have all of them.
        </p>
      )}
    </section>
  );
}

const FORMS: [form: string, title: string][] = [
  ['csv', 'CSV'],
  ['xlsx', 'Excel'],
  ['parquet', 'Parquet'],
];

function Exports({
  dashboard,
  block,
  values,
  name,
}: {
  dashboard: Dashboard;
  block: Described;
  values: Values;
  name: string;
}) {
  const source = useSource();
  return (
    <Menu
      label={`Download ${name}`}
      items={FORMS.flatMap(([form, title]) => {
        const url = source.exportOf(dashboard, form, values, block.id);
        return url === null ? [] : [{ title, run: () => save(url, `${dashboard.name}-${block.id}.${form}`) }];
      })}
    />
  );
}

/** The name of a file, as a server says it: with all characters that there are. */
export function nameOf(disposition: string | null): string | null {
  const said = /filename\*=UTF-8''([^;\s]+)/i.exec(disposition ?? '')?.[1];
  return said === undefined ? null : decodeURIComponent(said);
}

/** Saves what an address gives, under the name that the server says, else under this. */
export async function save(url: string, name: string) {
  const response = await ask(url, { accept: '*/*' });
  const said = nameOf(response.headers.get('Content-Disposition'));
  const local = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = local;
  link.download = said ?? name;
  link.click();
  URL.revokeObjectURL(local);
}

/** How a click on a row of an answer acts: it sets the block's filter, else it follows its link. */
function useMarks({ dashboard, block, values, onChange }: BlockProps, answer: Pick<Answer, 'columns' | 'rows'>) {
  const { live, leads } = useSource();
  const filter = block.filter ? dashboard.filters.find((f) => f.name === block.filter!.name) : undefined;
  const now = filter ? (filter.range ? [] : inForce(filter, filter.name, values)) : [];
  const sets = filter !== undefined && !filter.fixed;
  const act = (row: number) => {
    if (filter && sets) {
      const value = valueAt(block, answer, row);
      if (value !== null) onChange(toggle(filter, value, values));
    } else if (block.link && leads) {
      const to = target(block.link, answer.columns, answer.rows[row] ?? []);
      if (to && 'href' in to) window.open(to.href, '_blank', 'noopener');
      else if (to) navigate(to.to);
    }
  };
  return {
    now,
    act: live && (sets || (block.link && leads)) ? act : undefined,
    marked: now.length > 0 ? (row: number) => now.includes(valueAt(block, answer, row) ?? '') : undefined,
  };
}

function Picture({
  answer,
  height,
  name,
  onDrawn,
  ...props
}: BlockProps & { answer: Answer; height: number; name: string }) {
  const { block } = props;
  const marks = useMarks(props, answer);
  const chosen = marks.now.join('\n');
  const figure = useMemo(
    () => selected(answer.figure!, block, answer, chosen === '' ? [] : chosen.split('\n')),
    [answer, block, chosen],
  );
  if (answer.rows.length === 0 && block.kind === 'chart') return <Empty title="No rows for these filters" />;
  return (
    <Plot
      figure={figure}
      label={described(figure, name || block.id, answer.rows.length)}
      height={block.kind === 'figure' && block.height == null ? ownHeight(answer) : height}
      titled={name !== '' && block.kind !== 'figure'}
      authored={block.kind === 'figure'}
      onDrawn={onDrawn}
      onMark={
        marks.act &&
        ((customdata) => {
          const row = rowOf(customdata);
          if (row !== null) marks.act?.(row);
        })
      }
    />
  );
}

const ownHeight = ({ figure }: Answer) => {
  const height = figure?.layout?.height;
  return typeof height === 'number' ? height : HEIGHT + 60;
};

function Rows({
  answer,
  height,
  label,
  ...props
}: BlockProps & { answer: Pick<Answer, 'columns' | 'rows'>; height: number; label: string }) {
  const marks = useMarks(props, answer);
  const block = useMemo(() => linked(props.block, answer), [props.block, answer]);
  if (answer.rows.length === 0) return <Empty title="No rows for these filters" />;
  return (
    <DataTable
      answer={answer}
      block={block}
      label={label}
      height={props.block.page ? 33 + props.block.page * 33 : Math.max(height, 200)}
      marked={marks.marked}
      onMark={props.block.filter ? marks.act : undefined}
    />
  );
}

/** What a click on a mark of a chart leads to, the first cell of its row leads to. */
function linked(block: Described, { columns }: Pick<Answer, 'columns'>): Described {
  if (block.kind === 'table' || !block.link || block.filter || block.columns?.length) return block;
  return { ...block, columns: columns.map(({ name }, i) => (i === 0 ? { name, link: block.link } : { name })) };
}

const good = (share: number, better: Described['better']) => (better ? share > 0 === (better === 'higher') : undefined);

/** One number, and how it stands against another. */
function Metric({ block, answer }: { block: Described; answer: Answer }) {
  const row = answer.rows[0];
  const at = (name: string | null | undefined) => (name ? answer.columns.findIndex((c) => c.name === name) : -1);
  const value = at(block.value ?? answer.columns[0]?.name);
  const compare = at(block.compare);
  if (!row || value < 0) return <p className={css.number}>–</p>;
  const cell = row[value] ?? null;
  const before = compare < 0 ? null : (row[compare] ?? null);
  const share = growth(cell, before);
  const says = show(cell, block.format, answer.columns[value]!.type);
  return (
    <>
      <p className={css.number} title={block.format === 'compact' ? show(cell, null) : undefined}>
        <bdi>{says}</bdi>
      </p>
      {before !== null && (
        <p className={css.compare}>
          {share !== null && share !== 0 && (
            <strong data-good={good(share, block.better)}>
              <Icon name={share > 0 ? 'up' : 'down'} size={12} />
              {show(Math.abs(share), 'percent:1')} {share > 0 ? 'more' : 'less'}
            </strong>
          )}
          {share === 0 && <strong>the same</strong>}{' '}
          <span>
            {block.compare!.replaceAll('_', ' ')}: {show(before, block.format)}
          </span>
        </p>
      )}
    </>
  );
}
