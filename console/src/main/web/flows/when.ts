import type { Flow } from '../api/types';

const TWO = (n: string) => n.padStart(2, '0');

/** What sets a flow off, in words; an expression that is not one of the usual ones stays as it is. */
export function when(flow: Pick<Flow, 'trigger' | 'when' | 'timezone'>): string {
  switch (flow.trigger) {
    case 'cron':
      return `${cronWords(flow.when ?? '')} (${flow.timezone})`;
    case 'every':
      return `every ${period(flow.when ?? '')}`;
    case 'after':
      return `after ${flow.when}`;
    case 'webhook':
      return `by a call of ${flow.when}`;
    case 'people':
      return 'when somebody asks';
  }
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function cronWords(cron: string): string {
  const [minute, hour, day, month, weekday, ...more] = cron.trim().split(/\s+/);
  const number = /^\d+$/;
  if (more.length > 0 || !minute || !hour || !number.test(minute) || month !== '*') return cron;
  if (hour === '*' && day === '*' && weekday === '*') return `hourly at :${TWO(minute)}`;
  if (!number.test(hour)) return cron;
  const at = `at ${TWO(hour)}:${TWO(minute)}`;
  if (day === '*' && weekday === '*') return `daily ${at}`;
  if (day === '*' && weekday && number.test(weekday) && DAYS[Number(weekday)]) return `${DAYS[Number(weekday)]}s ${at}`;
  if (weekday === '*' && day && number.test(day)) return `on day ${day} of the month ${at}`;
  return cron;
}

/** `PT15M` as `15 min`. */
function period(iso: string): string {
  const found = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(iso);
  if (!found) return iso;
  const parts = [found[1] && `${found[1]} h`, found[2] && `${found[2]} min`, found[3] && `${found[3]} s`];
  return parts.filter(Boolean).join(' ');
}
