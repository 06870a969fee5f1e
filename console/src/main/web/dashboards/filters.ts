import type { Filter, Option } from './types';

/**
 * The values of filters as the URL has them: texts by key. A filter has its name as key, a range two, `name.from` and
 * `name.to`. A key that is not there stands for the default, and one with an empty text for no value.
 */
export type Values = Record<string, string[]>;

export const keys = (filter: Filter): string[] =>
  filter.range ? [`${filter.name}.from`, `${filter.name}.to`] : [filter.name];

/** The values in a URL; what is no filter's is left alone. */
export function read(filters: Filter[], search: string): Values {
  const params = new URLSearchParams(search);
  const values: Values = {};
  for (const filter of filters) {
    for (const key of keys(filter)) {
      const given = params.getAll(key);
      if (given.length > 0) values[key] = filter.list ? given : given.slice(-1);
    }
  }
  return values;
}

/**
 * Values as a query string, filters in the order of the page, so that equal values give equal texts. What a signed link
 * holds fast is not among them.
 */
export function write(filters: Filter[], values: Values, only?: string[]): string {
  const params = new URLSearchParams();
  for (const filter of filters) {
    if (filter.fixed || (only && !only.includes(filter.name))) continue;
    for (const key of keys(filter)) for (const value of values[key] ?? []) params.append(key, value);
  }
  return params.toString();
}

/** What a key has when the URL says nothing. */
export function fallback(filter: Filter, key: string): string[] {
  const value = filter.default;
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object') return [String(value)];
  const end = key.endsWith('.from') ? value.from : value.to;
  return end === null || end === undefined ? [] : [String(end)];
}

/** What is in force for a key; nothing when there is no value. */
export function inForce(filter: Filter, key: string, values: Values): string[] {
  return (values[key] ?? fallback(filter, key)).filter((text) => text !== '');
}

const same = (a: string[], b: string[]) => a.length === b.length && a.every((text) => b.includes(text));

/** The values with one changed: a default leaves the URL, and nothing in place of a default is said as an empty text. */
export function change(filter: Filter, key: string, next: string[], values: Values): Values {
  const kept = next.filter((text) => text !== '');
  const standard = fallback(filter, key);
  const { [key]: _, ...rest } = values;
  if (same(kept, standard)) return rest;
  return { ...rest, [key]: kept.length === 0 ? [''] : kept };
}

/** Sets a filter to a value that was clicked on, or takes it away again when it was set to it. */
export function toggle(filter: Filter, value: string, values: Values): Values {
  if (filter.range) {
    const [from, to] = keys(filter) as [string, string];
    const now = [...inForce(filter, from, values), ...inForce(filter, to, values)];
    const next = same(now, [value, value]) ? [] : [value];
    return change(filter, to, next, change(filter, from, next, values));
  }
  const now = inForce(filter, filter.name, values);
  if (!filter.list) return change(filter, filter.name, now[0] === value ? [] : [value], values);
  return change(filter, filter.name, now.length === 1 && now[0] === value ? [] : [value], values);
}

/**
 * Takes away what can no longer be chosen, now that another filter has changed what can. Only filters whose options
 * depend on others are looked at, since a list of options may be shorter than what there is.
 */
export function settle(filters: Filter[], values: Values, options: Record<string, Option[]>): Values {
  let settled = values;
  for (const filter of filters) {
    const open = options[filter.name];
    if (filter.optionsFrom.length === 0 || filter.range || filter.fixed || !open) continue;
    const chosen = settled[filter.name];
    if (!chosen) continue;
    const left = chosen.filter((text) => text === '' || open.some((o) => String(o.value) === text));
    if (left.length < chosen.length) settled = change(filter, filter.name, left, settled);
  }
  return settled;
}

/** The part of the values that decides which options there are. */
export const deciding = (filters: Filter[]): string[] => [...new Set(filters.flatMap((f) => f.optionsFrom))];

/** A filter's value in words, for titles, print and exports; null when it has none. */
export function said(filter: Filter, values: Values, options: Record<string, Option[]>): string | null {
  const name = (text: string) => options[filter.name]?.find((o) => String(o.value) === text)?.label ?? text;
  if (!filter.range) {
    const chosen = inForce(filter, filter.name, values);
    return chosen.length === 0 ? null : chosen.map(name).join(', ');
  }
  const [from, to] = keys(filter).map((key) => inForce(filter, key, values)[0]);
  if (from && to) return from === to ? from : `${from} to ${to}`;
  return from ? `from ${from}` : to ? `to ${to}` : null;
}
