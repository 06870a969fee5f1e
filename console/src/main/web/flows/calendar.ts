import type { Firing, Run } from '../api/types';

/** A month such as 2026-03, as a flow's clocks count it. */
export interface Day {
  day: string;
  runs: Run[];
  /** Moments at which it is due and for which there is no run. */
  open: Firing[];
}

export const monthOf = (iso: string, zone: string) => dayOf(iso, zone).slice(0, 7);

/** The day (2026-03-28) of a moment by the clocks of a time zone. */
export const dayOf = (iso: string, zone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(iso),
  );

export function shift(month: string, by: number): string {
  const [year, index] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, index - 1 + by, 1)).toISOString().slice(0, 7);
}

/** The days of a month, each with its runs and with what is or was due without one. */
export function days(month: string, zone: string, firings: Firing[], runs: Run[]): Day[] {
  const all = new Map<string, Day>();
  const next = shift(month, 1);
  for (let at = Date.parse(`${month}-01T00:00:00Z`); at < Date.parse(`${next}-01T00:00:00Z`); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    all.set(day, { day, runs: [], open: [] });
  }
  const taken = new Set(runs.map((run) => Date.parse(run.due)));
  const inOrder = [...runs].sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
  for (const run of inOrder) all.get(dayOf(run.due, zone))?.runs.push(run);
  for (const firing of firings) {
    if (!taken.has(Date.parse(firing.at))) all.get(dayOf(firing.at, zone))?.open.push(firing);
  }
  return [...all.values()];
}

/** From Monday, 0, to Sunday. */
export const weekday = (day: string) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
