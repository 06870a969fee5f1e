import { useEffect } from 'react';
import { Boundary } from '../app/Boundary';
import { Problems } from '../ui/ui';
import { Block } from './Block';
import css from './dashboards.module.css';
import { Filters } from './Filters';
import { settle, type Values } from './filters';
import { useSource } from './source';
import type { Block as Described, Dashboard, Width } from './types';

const WIDTHS: Record<Described['kind'], Width> = {
  prose: 'full',
  chart: 'half',
  figure: 'half',
  metric: 'quarter',
  table: 'full',
};

/** A dashboard: its filters and its parts. In the console, in a frame elsewhere, and in a file it is the same. */
export function Page({
  dashboard,
  values,
  onChange,
  onDrawn,
}: {
  dashboard: Dashboard;
  values: Values;
  onChange: (next: Values) => void;
  onDrawn?: () => void;
}) {
  const source = useSource();
  const options = source.useOptions(dashboard, values);
  useEffect(() => {
    if (options.stale || !options.data) return;
    const settled = settle(dashboard.filters, values, options.data);
    if (settled !== values) onChange(settled);
    // only what can be chosen decides this
  }, [options.data, options.stale]);

  const broken = dashboard.problems.some((p) => p.severity !== 'warning');
  const old = dashboard.blocks.length > 0;
  return (
    <>
      {broken && (
        <div className={css.broken} role="alert">
          <h2>
            {old
              ? 'The last edit of this dashboard is not in force: what you see is the version before'
              : 'This dashboard cannot be shown until its file is mended'}
          </h2>
          <Problems problems={dashboard.problems} />
        </div>
      )}
      <Filters dashboard={dashboard} values={values} options={options} onChange={onChange} />
      <div className={css.blocks}>
        {dashboard.blocks.map((block) => (
          <div
            key={block.id}
            className={css.cell}
            data-kind={block.kind}
            data-width={block.width ?? WIDTHS[block.kind]}
          >
            <Boundary>
              <Block dashboard={dashboard} block={block} values={values} onChange={onChange} onDrawn={onDrawn} />
            </Boundary>
          </div>
        ))}
      </div>
    </>
  );
}
