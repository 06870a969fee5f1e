import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { TypedInput } from '../ui/fields';
import { plural } from '../ui/format';
import { inputFor } from '../ui/inputs';
import { Button, Failure } from '../ui/ui';
import { Choose, titleOf } from './Choose';
import css from './dashboards.module.css';
import { change, inForce, keys, said, type Values } from './filters';
import type { Asked } from './source';
import type { Dashboard, Filter, Option, Options } from './types';

const TYPING_MILLIS = 500;

interface Props {
  dashboard: Dashboard;
  values: Values;
  options: Asked<Options>;
  onChange: (next: Values) => void;
}

/** The filters of a dashboard, in a bar; on a phone folded away. */
export function Filters({ dashboard, values, options, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const { filters } = dashboard;
  if (filters.length === 0) return null;
  const known = options.data ?? {};
  const set = filters.filter((f) => said(f, values, known) !== null).length;
  const changed = Object.keys(values).length > 0;
  return (
    <section className={css.filters} aria-label="Filters">
      <Button className={css.fold} icon={open ? 'down' : 'right'} aria-expanded={open} onClick={() => setOpen(!open)}>
        Filters{set > 0 && `, ${set} set`}
      </Button>
      <div className={css.fields} data-open={open} aria-busy={options.stale}>
        {filters.map((filter) => (
          <FilterField
            key={filter.name}
            filter={filter}
            values={values}
            options={known[filter.name] ?? null}
            onChange={onChange}
          />
        ))}
        {changed && (
          <Button look="quiet" icon="retry" className={css.reset} onClick={() => onChange({})}>
            Reset
          </Button>
        )}
      </div>
      {options.error && <Failure error={options.error} />}
      <p className={css.said}>
        {filters
          .flatMap((f) => {
            const value = said(f, values, known);
            return value === null ? [] : [`${f.label}: ${value}`];
          })
          .join(' · ') || `No filter is set (${plural(filters.length, 'filter')})`}
      </p>
    </section>
  );
}

function FilterField({
  filter,
  values,
  options,
  onChange,
}: {
  filter: Filter;
  values: Values;
  options: Option[] | null;
  onChange: (next: Values) => void;
}) {
  const set = (key: string) => (next: string[]) => onChange(change(filter, key, next, values));
  const { name, label } = filter;
  if (filter.fixed) {
    return (
      <Labelled label={label}>
        <output className={css.fixed}>{said(filter, values, options ? { [name]: options } : {}) ?? 'All'}</output>
      </Labelled>
    );
  }
  if (filter.range) {
    const [from, to] = keys(filter) as [string, string];
    return (
      <fieldset className={css.range}>
        <legend>{label}</legend>
        <Typed filter={filter} label={`${label} from`} now={inForce(filter, from, values)} onSet={set(from)} />
        <span aria-hidden="true">–</span>
        <Typed filter={filter} label={`${label} to`} now={inForce(filter, to, values)} onSet={set(to)} />
      </fieldset>
    );
  }
  const now = inForce(filter, name, values);
  if (filter.hasOptions && filter.list) {
    return (
      <Labelled label={label}>
        <Choose label={label} options={options ?? []} chosen={now} onChange={set(name)} />
      </Labelled>
    );
  }
  if (filter.hasOptions) {
    return <One filter={filter} options={options ?? []} now={now[0] ?? ''} onSet={set(name)} />;
  }
  if (inputFor(filter.type) === 'yes-no') {
    const both = [
      { value: 'true', label: 'Yes' },
      { value: 'false', label: 'No' },
    ];
    return <One filter={filter} options={both} now={now[0] ?? ''} onSet={set(name)} />;
  }
  return (
    <Labelled label={label}>
      <Typed filter={filter} label={label} now={now} onSet={set(name)} />
    </Labelled>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <span aria-hidden="true">{label}</span>
      {children}
    </div>
  );
}

function One({
  filter,
  options,
  now,
  onSet,
}: {
  filter: Filter;
  options: Option[];
  now: string;
  onSet: (next: string[]) => void;
}) {
  const known = now === '' || options.some((o) => String(o.value) === now);
  return (
    <Labelled label={filter.label}>
      <select aria-label={filter.label} value={now} onChange={(e) => onSet([e.target.value])}>
        {(!filter.required || now === '') && <option value="">{filter.required ? '–' : 'All'}</option>}
        {!known && <option value={now}>{now}</option>}
        {options.map((option) => (
          <option key={String(option.value)} value={String(option.value)}>
            {titleOf(option)}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** A field that waits until somebody has typed to the end. Lists have commas between their values. */
function Typed({
  filter,
  label,
  now,
  onSet,
}: {
  filter: Filter;
  label: string;
  now: string[];
  onSet: (next: string[]) => void;
}) {
  const said = filter.list ? now.join(', ') : (now[0] ?? '');
  const [text, setText] = useState(said);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();
  useEffect(() => setText(said), [said]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const commit = (next: string) => {
    clearTimeout(timer.current);
    if (next !== said) onSet(filter.list ? next.split(',').map((part) => part.trim()) : [next]);
  };
  return (
    <TypedInput
      id={id}
      aria-label={label}
      type={filter.list ? 'VARCHAR' : filter.type}
      min={filter.min}
      max={filter.max}
      required={filter.required}
      placeholder={filter.required ? undefined : 'All'}
      value={text}
      onChange={(next) => {
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => commit(next), TYPING_MILLIS);
      }}
      onBlur={() => commit(text)}
      onKeyDown={(e) => e.key === 'Enter' && commit(text)}
    />
  );
}
