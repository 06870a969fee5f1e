/** How numbers, sizes and times are written, in the reader's language and time zone. */

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' });

export const count = (n: number) => whole.format(n);

export const compact = (n: number) => (n < 10_000 ? whole.format(n) : short.format(n));

/** `3 runs`, `1 run`. */
export const plural = (n: number, word: string) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;

export function bytes(n: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = n;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export const dateTime = (iso: string) => moment.format(new Date(iso));

/** A moment by the clocks of a time zone; with its year where that does not go without saying. */
export const inZone = (iso: string, timeZone: string, year?: 'numeric') =>
  new Intl.DateTimeFormat(undefined, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year,
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(new Date(iso));

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [7, 'day'],
  [4.35, 'week'],
  [12, 'month'],
  [Infinity, 'year'],
];

/** `5 min. ago`, `in 3 hr.` */
export function ago(iso: string, now: number): string {
  let value = (Date.parse(iso) - now) / 1000;
  if (Math.abs(value) < 5) return 'now';
  for (const [size, unit] of STEPS) {
    if (Math.abs(value) < size) return relative.format(Math.round(value), unit);
    value /= size;
  }
  return dateTime(iso);
}

/** `250 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(millis: number): string {
  if (millis < 0) return '0 ms';
  if (millis < 1000) return `${Math.round(millis)} ms`;
  const seconds = millis / 1000;
  if (seconds < 59.95) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds) / 60;
  if (minutes < 60) return two(Math.floor(minutes), 'min', Math.round(seconds) % 60, 's');
  const hours = Math.round(minutes) / 60;
  if (hours < 48) return two(Math.floor(hours), 'h', Math.round(minutes) % 60, 'min');
  return two(Math.floor(hours / 24), 'd', Math.floor(hours % 24), 'h');
}

const two = (a: number, aUnit: string, b: number, bUnit: string) => `${a} ${aUnit}${b > 0 ? ` ${b} ${bUnit}` : ''}`;

/** `SCHEDULE` to `schedule`, `UPSTREAM_FAILED` to `upstream failed`. */
export const words = (constant: string) => constant.toLowerCase().replaceAll('_', ' ');

/** `1 and 2`, `1, 2 and 3`. */
export const list = (all: string[]) => new Intl.ListFormat('en').format(all);
