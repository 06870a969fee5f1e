import type { Cell } from '../api/types';
import { text } from '../ui/Grid';
import { bytes, compact, duration } from '../ui/format';

/** How values of a result are written, by a format's name or by d3's short notation for numbers. */
const cached = new Map<string, Intl.NumberFormat>();

function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let found = cached.get(key);
  if (!found) cached.set(key, (found = new Intl.NumberFormat(undefined, options)));
  return found;
}

const places = (n: number) => ({ minimumFractionDigits: n, maximumFractionDigits: n });

/** Numbers by name. */
function byName(name: string, argument: string): ((n: number) => string) | null {
  const digits = argument === '' ? null : Math.min(20, Number(argument));
  switch (name) {
    case 'integer':
      return (n) => number({ maximumFractionDigits: 0 }).format(n);
    case 'decimal':
      return (n) => number(places(digits ?? 2)).format(n);
    case 'percent':
      return (n) => number({ style: 'percent', ...places(digits ?? 1) }).format(n);
    case 'compact':
      return compact;
    case 'currency':
      return (n) => number({ style: 'currency', currency: argument || 'EUR' }).format(n);
    case 'bytes':
      return bytes;
    case 'duration':
      return (n) => duration(n * 1000);
    default:
      return null;
  }
}

/** d3's notation, as far as people write it for tables: sign, currency, groups, precision and type. */
const D3 = /^(\+?)([$€£]?)(,?)(?:\.(\d+))?([%dfsrg]?)$/;

function byD3(format: string): ((n: number) => string) | null {
  const found = D3.exec(format);
  if (!found || format === '') return null;
  const [, plus, money, groups, precision, type] = found;
  const digits = precision === undefined ? null : Math.min(20, Number(precision));
  const options: Intl.NumberFormatOptions = { useGrouping: groups === ',' };
  if (plus) options.signDisplay = 'exceptZero';
  if (type === '%') Object.assign(options, { style: 'percent', ...places(digits ?? 0) });
  else if (type === 's') Object.assign(options, { notation: 'compact', maximumSignificantDigits: digits ?? 3 });
  else if (type === 'd') options.maximumFractionDigits = 0;
  else if (digits !== null && type === 'f') Object.assign(options, places(digits));
  else if (digits !== null) options.maximumSignificantDigits = Math.max(1, digits);
  return (n) => (money && n < 0 ? '−' : '') + money + number(options).format(money ? Math.abs(n) : n);
}

const DATES: Record<string, Intl.DateTimeFormatOptions> = {
  date: { dateStyle: 'medium', timeZone: 'UTC' },
  datetime: { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' },
  month: { year: 'numeric', month: 'long', timeZone: 'UTC' },
};

/** A value in a format; as it is when it has none, or is of no kind that the format is for. */
export function show(cell: Cell, format: string | null | undefined, type = ''): string {
  if (cell === null || cell === undefined) return '–';
  if (format) {
    const date = DATES[format];
    if (date) {
      const moment = new Date(typeof cell === 'string' ? cell.replace(/^(\d{4}-\d\d-\d\d) /, '$1T') : Number(cell));
      if (!Number.isNaN(moment.getTime())) return new Intl.DateTimeFormat(undefined, date).format(moment);
    }
    const value = typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : cell;
    if (typeof value === 'number' && Number.isFinite(value)) {
      const [name, argument = ''] = format.split(':');
      const write = byName(name!, argument) ?? byD3(format);
      if (write) return write(value);
    }
  }
  if (typeof cell === 'number' && !/^DECIMAL/.test(type) && !Number.isInteger(cell)) {
    return number({ maximumSignificantDigits: 6 }).format(cell);
  }
  return text(cell, type);
}

/** How much a value is above or below another, as a share of it; null when that says nothing. */
export function growth(value: Cell, before: Cell): number | null {
  const [a, b] = [Number(value), Number(before)];
  if (value === null || before === null || !Number.isFinite(a) || !Number.isFinite(b) || b === 0) return null;
  return (a - b) / Math.abs(b);
}

/**
 * Where a link of a template leads from a row: `route?origin={origin}` to another dashboard, `/catalog/x` within the
 * console, or an address of the web. Null when a column is missing or it leads to anything else, such as a script.
 */
export function target(
  template: string,
  columns: { name: string }[],
  row: Cell[],
): { to: string } | { href: string } | null {
  let missing = false;
  const filled = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const at = columns.findIndex((c) => c.name === name);
    const value = at < 0 ? null : row[at];
    if (value === null || value === undefined) missing = true;
    return encodeURIComponent(text(value ?? ''));
  });
  if (missing) return null;
  if (/^https?:\/\//i.test(filled)) return { href: filled };
  if (/^[a-z][a-z0-9+.-]*:/i.test(filled) || filled.startsWith('//')) return null;
  return { to: filled.startsWith('/') ? filled : `/dashboards/${filled}` };
}
