import { describe, expect, it } from 'vitest';
import { ApiError, type Mistake } from '../../main/web/api/client';
import { best, score } from '../../main/web/app/find';
import { match } from '../../main/web/app/router';
import { differences } from '../../main/web/catalog/ReleasesView';
import { dayOf, days, shift, weekday } from '../../main/web/flows/calendar';
import { startOfDay } from '../../main/web/flows/zone';
import { when } from '../../main/web/flows/when';
import { given } from '../../main/web/flows/TriggerForm';
import { begin, fit, reveal, zoom } from '../../main/web/graph/camera';
import { queued, ran, span, ticks, waitsFor } from '../../main/web/runs/times';
import type { Bar } from '../../main/web/runs/Gantt';
import type { Parameter, ReleaseTable, Run } from '../../main/web/api/types';
import { ago, bytes, dateTime, duration } from '../../main/web/ui/format';
import { tellOf, textOf } from '../../main/web/ui/ui';
import { scrollTo, seenRows } from '../../main/web/ui/window';

describe('an error', () => {
  const refused = (text: string, mistakes: Mistake[]) => new ApiError(400, text, null, mistakes);
  it('does not say its only mistake twice, and leaves out no other', () => {
    const mistake = { file: 'query', line: 2, column: 3, message: 'unknown column "a"' };
    const more = (text: string, ...mistakes: Mistake[]) => tellOf(refused(text, mistakes)).more;
    expect(more('query:2:3: unknown column "a"', mistake)).toEqual([]);
    expect(more('unknown column "a"', mistake)).toEqual([mistake]); // the place is news
    expect(more('query:2:3: unknown column "a"', { ...mistake, line: 4 })).toHaveLength(1);
    const missing = { name: 'x', detail: 'is missing' };
    expect(more('is missing', missing)).toEqual([]);
    expect(more('is missing', missing, { ...missing, name: 'y' })).toEqual([{ ...missing, name: 'y' }]);
    expect(more('parameters are wrong', missing)).toEqual([missing]);
  });
  it('has the hint of the mistake that it says', () => {
    const mistakes = [
      { name: 'size', detail: 'size cannot be 11', hint: 'it is INTEGER, from 1 to 10' },
      { name: 'day', detail: 'day is missing', hint: 'it is DATE' },
    ];
    const error = refused('size cannot be 11', mistakes);
    expect(tellOf(error)).toEqual({ hint: 'it is INTEGER, from 1 to 10', more: [mistakes[1]] });
    expect(textOf(error)).toBe('size cannot be 11\nit is INTEGER, from 1 to 10\nday is missing\nit is DATE');
  });
  it('is copied with the places of its mistakes', () => {
    const places = [4, 9].map((line) => ({
      file: 'models/a.sql',
      line,
      column: 1,
      message: 'bad',
      hint: `see ${line}`,
    }));
    expect(textOf(refused('models/a.sql:4:1: bad', places))).toBe(
      'models/a.sql:4:1: bad\nsee 4\nmodels/a.sql:9:1: bad\nsee 9',
    );
    expect(textOf(new Error('offline'))).toBe('offline');
  });
});

describe('format', () => {
  it('says durations as people do', () => {
    expect([0, 250, 4_200, 59_900, 59_960, 185_000, 3_600_000, 7_800_000, 200_000_000].map(duration)).toEqual([
      '0 ms',
      '250 ms',
      '4.2 s',
      '60 s',
      '1 min',
      '3 min 5 s',
      '1 h',
      '2 h 10 min',
      '2 d 7 h',
    ]);
  });
  it('says sizes and moments', () => {
    expect([0, 999, 1_500, 25_000_000].map(bytes)).toEqual(['0 B', '999 B', '1.5 KB', '25 MB']);
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(ago('2026-01-01T00:00:02Z', now)).toBe('now');
    expect(ago('2025-12-31T22:00:00Z', now)).toMatch(/2\s?h/);
  });
});

describe('finding', () => {
  it('prefers beginnings of words, and takes letters in their order', () => {
    expect(best('da', ['marts.update', 'marts.daily', 'x'], (s) => s, 9)).toEqual(['marts.daily', 'marts.update']);
    expect(score('mdly', 'marts.daily')).not.toBeNull();
    expect(score('zz', 'marts.daily')).toBeNull();
  });
});

describe('paths', () => {
  it('give their variables, decoded', () => {
    expect(match('/runs/:id', '/runs/a%20b')).toEqual({ id: 'a b' });
    expect(match('/runs/:id', '/runs')).toBeNull();
    expect(match('/runs/:id', '/runs/%E0%A4%A')).toBeNull();
  });
});

describe('a day of a time zone', () => {
  it('begins when its clocks say so, also when they were changed', () => {
    expect(startOfDay('2026-01-15', 'UTC')).toBe('2026-01-15T00:00:00.000Z');
    expect(startOfDay('2026-03-29', 'Europe/Amsterdam')).toBe('2026-03-28T23:00:00.000Z');
    expect(startOfDay('2026-03-30', 'Europe/Amsterdam')).toBe('2026-03-29T22:00:00.000Z');
    expect(startOfDay('2026-07-01', 'America/New_York')).toBe('2026-07-01T04:00:00.000Z');
  });
});

describe('the calendar of a flow', () => {
  const firing = (at: string) => ({ at, start: at, end: at });
  it('has each day once, and what is due where the clocks of the flow say', () => {
    const run = { id: 'r', due: '2026-03-02T04:00:00Z' } as Run; // still 1 March in New York
    const all = days(
      '2026-03',
      'America/New_York',
      [firing('2026-03-01T23:00:00-05:00'), firing('2026-03-31T23:30:00-04:00')],
      [run],
    );
    expect(all).toHaveLength(31);
    expect(all[0]).toMatchObject({ day: '2026-03-01', runs: [run], open: [] });
    expect(all[30]!.open).toHaveLength(1);
  });
  it('has the runs of a day in the order in which they were due, whenever they were made', () => {
    const due = ['2026-03-02T05:00:00Z', '2026-03-02T01:00:00Z', '2026-03-02T03:00:00Z'];
    const [, second] = days(
      '2026-03',
      'UTC',
      [],
      due.map((d) => ({ id: d, due: d }) as Run),
    );
    expect(second!.runs.map((run) => run.due)).toEqual([...due].sort());
  });
  it('counts months and days', () => {
    expect(shift('2026-01', -1)).toBe('2025-12');
    expect(shift('2026-12', 1)).toBe('2027-01');
    expect(weekday('2026-11-26')).toBe(3);
    expect(dayOf('2026-01-01T00:00:00Z', 'America/New_York')).toBe('2025-12-31');
  });
});

describe('schedules', () => {
  it('are said in words where these are plain', () => {
    const cron = (text: string) => when({ trigger: 'cron', when: text, timezone: 'UTC' });
    expect(cron('0 4 * * *')).toBe('daily at 04:00 (UTC)');
    expect(cron('30 6 * * 1')).toBe('Mondays at 06:30 (UTC)');
    expect(cron('*/5 * * * *')).toBe('*/5 * * * * (UTC)');
    expect(when({ trigger: 'every', when: 'PT1H30M', timezone: 'UTC' })).toBe('every 1 h 30 min');
  });
});

describe('the form of a flow', () => {
  const parameter = (name: string, list: boolean): Parameter => ({
    name,
    list,
    type: 'INTEGER',
    required: false,
    default: null,
    min: null,
    max: null,
    values: [],
  });
  it('gives what was filled in, lists by line', () => {
    expect(
      given([parameter('a', false), parameter('b', true), parameter('c', false)], { a: '1', b: '2\n\n3\n', c: ' ' }),
    ).toEqual({
      a: '1',
      b: ['2', '3'],
    });
  });
});

describe('times of runs', () => {
  const run = { created: '2026-01-01T00:00:00Z', due: '2026-01-01T00:00:10Z', started: null, finished: null } as Run;
  const now = Date.parse('2026-01-01T00:01:00Z');
  it('keep waiting and running apart', () => {
    expect(queued(run, now)).toBe(50_000);
    expect(ran(run, now)).toBeNull();
    const began = { ...run, started: '2026-01-01T00:00:30Z' };
    expect(queued(began, now)).toBe(20_000);
    expect(ran(began, now)).toBe(30_000);
  });
  it('that are waited for are said by the reader’s clock', () => {
    const until = '2026-01-01T00:01:00Z';
    expect(waitsFor({ waits: 'for its next look', waits_until: until })).toBe(
      `for its next look, at ${dateTime(until)}`,
    );
    expect(waitsFor({ waits: 'for its start', waits_until: null })).toBe('for its start');
    expect(waitsFor({ waits: null, waits_until: null })).toBeNull();
  });
  it('span all bars, to now while one runs', () => {
    const bar = { ready: null, started: '2026-01-01T00:00:05Z', finished: null } as Bar;
    expect(span([bar], '2026-01-01T00:00:00Z', now)).toEqual([Date.parse('2026-01-01T00:00:00Z'), now]);
    expect(span([], '2026-01-01T00:00:00Z', now)[1]).toBe(Date.parse('2026-01-01T00:00:00Z') + 100);
  });
  it('are marked at round moments', () => {
    expect(ticks(10_000)).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000].filter((t) => t % 2000 === 0));
    expect(ticks(90 * 86_400_000).length).toBeLessThan(8);
  });
});

describe('the camera', () => {
  it('keeps the point under the mouse while it zooms', () => {
    const before = { x: 10, y: 20, scale: 1 };
    const after = zoom(before, 1.5, 110, 220);
    expect((110 - after.x) / after.scale).toBeCloseTo((110 - before.x) / before.scale);
    expect((220 - after.y) / after.scale).toBeCloseTo((220 - before.y) / before.scale);
  });
  it('fits what is large and does not blow up what is small', () => {
    expect(fit({ width: 100, height: 100 }, { width: 1000, height: 800 }).scale).toBe(1);
    expect(fit({ width: 10_000, height: 100 }, { width: 1056, height: 800 }).scale).toBeCloseTo(0.1);
  });
  it('fits what is high above the buttons', () => {
    const { y, scale } = fit({ width: 100, height: 2_000 }, { width: 1000, height: 800 });
    expect(y).toBe(28);
    expect(y + 2_000 * scale).toBeCloseTo(800 - 54);
  });
  it('begins with all of it, or where it can be read', () => {
    const [world, size, phone] = [
      { width: 1400, height: 900 },
      { width: 200, height: 50 },
      { width: 390, height: 700 },
    ];
    const hub = { x: 600, y: 400 };
    expect(begin(world, { chosen: undefined, hub }, size, { width: 1400, height: 900 }).scale).toBeGreaterThan(0.9);
    const camera = begin(world, { chosen: undefined, hub }, size, phone);
    expect(camera.scale).toBe(0.7);
    expect((700 - 0) * camera.scale + camera.x).toBeCloseTo(195);
    expect(begin(world, { chosen: undefined, hub: undefined }, size, phone).scale).toBeLessThan(0.4);
  });
  it('moves only when it must', () => {
    const camera = { x: 0, y: 0, scale: 1 };
    const [size, window] = [
      { width: 100, height: 40 },
      { width: 1000, height: 800 },
    ];
    expect(reveal(camera, { x: 300, y: 300 }, size, window)).toBe(camera);
    expect(reveal(camera, { x: 5000, y: 300 }, size, window).x).toBe(500 - 5050);
  });
});

describe('long lists', () => {
  it('show what is scrolled to, pixel by pixel', () => {
    expect(seenRows(1000, 26, 260, 260)).toMatchObject({ first: 10, last: 20, height: 26_000 });
  });
  it('reach their end, however long they are', () => {
    const seen = seenRows(5_000_000, 26, 12_000_000 - 520, 520);
    expect(seen).toMatchObject({ first: 4_999_980, last: 5_000_000, height: 12_000_000 });
    expect(seenRows(0, 26, 0, 500)).toMatchObject({ first: 0, last: 0 });
    expect(seenRows(3, 26, 0, 500)).toMatchObject({ first: 0, last: 3 });
  });
  it('are scrolled to, and only as far as it takes', () => {
    const view = 520;
    for (const count of [10, 1_000, 5_000_000]) {
      let top = 0;
      for (const index of [0, 3, 9, 30, 999, 1_000, 4_000_000, 4_999_999, 77, 0].filter((i) => i < count)) {
        const next = scrollTo(index, count, 26, top, view);
        const { first, last, offset } = seenRows(count, 26, next, view);
        expect(index).toBeGreaterThanOrEqual(first);
        expect(index).toBeLessThan(last);
        const y = offset + (index - first) * 26; // where it is drawn
        expect(y).toBeGreaterThan(-1);
        expect(y + 26).toBeLessThan(view + 1);
        expect(scrollTo(index, count, 26, next, view)).toBeCloseTo(next, 3);
        top = next;
      }
    }
    expect(scrollTo(5, 1_000, 26, 100, view)).toBe(100); // it is seen already
  });
});

describe('releases', () => {
  it('differ where contents do', () => {
    const t = (name: string, version: string) => ({ name, version }) as ReleaseTable;
    const found = differences([t('a', '1'), t('b', '2'), t('c', '1')], [t('a', '1'), t('b', '1'), t('d', '1')]);
    expect(found.map(([name, now, before]) => [name, now?.version, before?.version])).toEqual([
      ['b', '2', '1'],
      ['c', '1', undefined],
      ['d', undefined, '1'],
    ]);
  });
});
