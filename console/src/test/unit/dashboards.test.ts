import { describe, expect, it } from 'vitest';
import { nextOrder, ordered, shownColumns } from '../../main/web/dashboards/DataTable';
import { bundleFor, dressed, type Look, ownTemplate, rowOf, selected, valueAt } from '../../main/web/dashboards/figure';
import { change, deciding, inForce, read, said, settle, toggle, write } from '../../main/web/dashboards/filters';
import { nameOf } from '../../main/web/dashboards/Block';
import { tableOf, values } from '../../main/web/dashboards/numbers';
import type { Answer, Block, Filter } from '../../main/web/dashboards/types';
import { growth, show, target } from '../../main/web/dashboards/values';

const filter = (name: string, more: Partial<Filter> = {}): Filter => ({
  name,
  type: 'VARCHAR',
  label: name,
  default: null,
  list: false,
  range: false,
  required: false,
  optionsFrom: [],
  hasOptions: false,
  ...more,
});

const carrier = filter('carrier', { list: true, hasOptions: true, default: ['UA'] });
const day = filter('day', { type: 'DATE', range: true, default: { from: '2013-01-01', to: null } });
const origin = filter('origin', { hasOptions: true, optionsFrom: ['carrier'] });
const filters = [carrier, day, origin];

describe('filters', () => {
  it('come from the URL and go back to it, in their order', () => {
    const values = read(filters, '?tab=x&origin=JFK&carrier=UA&carrier=B6&day.to=2013-02-01');
    expect(values).toEqual({ origin: ['JFK'], carrier: ['UA', 'B6'], 'day.to': ['2013-02-01'] });
    expect(write(filters, values)).toBe('carrier=UA&carrier=B6&day.to=2013-02-01&origin=JFK');
    expect(write(filters, values, ['day'])).toBe('day.to=2013-02-01');
  });

  it('take the last of several values when they have one', () => {
    expect(read(filters, 'origin=JFK&origin=LGA')).toEqual({ origin: ['LGA'] });
  });

  it('have their default until it is taken away', () => {
    expect(inForce(carrier, 'carrier', {})).toEqual(['UA']);
    expect(inForce(day, 'day.from', {})).toEqual(['2013-01-01']);
    const none = change(carrier, 'carrier', [], {});
    expect(write(filters, none)).toBe('carrier=');
    expect(inForce(carrier, 'carrier', read(filters, 'carrier='))).toEqual([]);
    expect(change(carrier, 'carrier', ['UA'], none)).toEqual({});
  });

  it('are set by a click, and taken away by another', () => {
    const once = toggle(carrier, 'B6', {});
    expect(once).toEqual({ carrier: ['B6'] });
    expect(toggle(carrier, 'B6', once)).toEqual({ carrier: [''] });
    expect(toggle(carrier, 'AA', { carrier: ['B6', 'UA'] })).toEqual({ carrier: ['AA'] });
    const dated = toggle(day, '2013-05-01', {});
    expect(dated).toEqual({ 'day.from': ['2013-05-01'], 'day.to': ['2013-05-01'] });
    expect(inForce(day, 'day.from', toggle(day, '2013-05-01', dated))).toEqual([]);
  });

  it('lose what can no longer be chosen', () => {
    const open = { origin: [{ value: 'JFK', label: 'Kennedy' }], carrier: [] };
    const values = { origin: ['LGA'], carrier: ['B6'] };
    expect(settle(filters, values, open)).toEqual({ carrier: ['B6'] });
    expect(settle(filters, { origin: ['JFK'] }, open)).toEqual({ origin: ['JFK'] });
    expect(deciding(filters)).toEqual(['carrier']);
  });

  it('are said in words', () => {
    const options = { carrier: [{ value: 'UA', label: 'United' }] };
    expect(said(carrier, {}, options)).toBe('United');
    expect(said(day, {}, {})).toBe('from 2013-01-01');
    expect(said(day, { 'day.to': ['2013-02-01'] }, {})).toBe('2013-01-01 to 2013-02-01');
    expect(said(origin, {}, {})).toBeNull();
  });

  it('held fast by a signed link are not said again', () => {
    expect(write([{ ...carrier, fixed: true }, origin], { carrier: ['UA'], origin: ['JFK'] })).toBe('origin=JFK');
  });
});

describe('values', () => {
  it('are written in a format', () => {
    expect(show(1234567, 'integer')).toBe((1234567).toLocaleString());
    expect(show(0.1234, 'percent:1')).toMatch(/12[.,]3\s?%/);
    expect(show('0.5', 'percent:0')).toMatch(/50\s?%/);
    expect(show(12.345, 'decimal:1')).toMatch(/12[.,]3/);
    expect(show(9.5, ',.2f')).toMatch(/9[.,]50/);
    expect(show(0.25, '.0%')).toMatch(/25\s?%/);
    expect(show('2013-05-01', 'month')).toMatch(/2013/);
    expect(show(null, 'integer')).toBe('–');
    expect(show('abc', 'integer')).toBe('abc');
    expect(show('x', 'nonsense:format')).toBe('x');
  });

  it('are compared', () => {
    expect(growth(110, 100)).toBeCloseTo(0.1);
    expect(growth(-90, -100)).toBeCloseTo(0.1);
    expect(growth(1, 0)).toBeNull();
    expect(growth(null, 1)).toBeNull();
  });

  it('are saved under the name that the server says, with all its letters', () => {
    expect(nameOf("attachment; filename*=UTF-8''overview-weekly_origin%3DJFK%2CLGA.csv")).toBe(
      'overview-weekly_origin=JFK,LGA.csv',
    );
    expect(nameOf("attachment; filename*=UTF-8''caf%C3%A9%20%E2%82%AC.csv; x=1")).toBe('café €.csv');
    expect(nameOf('attachment')).toBeNull();
    expect(nameOf(null)).toBeNull();
  });

  it('lead to where a link says, and never to a script', () => {
    const columns = [{ name: 'origin' }, { name: 'url' }];
    expect(target('route?origin={origin}', columns, ['A&B', ''])).toEqual({ to: '/dashboards/route?origin=A%26B' });
    expect(target('/catalog/{origin}', columns, ['x', ''])).toEqual({ to: '/catalog/x' });
    expect(target('https://example.org/{origin}', columns, ['x', ''])).toEqual({ href: 'https://example.org/x' });
    expect(target('{url}', columns, ['', 'javascript:alert(1)'])).toEqual({
      to: '/dashboards/javascript%3Aalert(1)',
    });
    expect(target('javascript:alert(1)', columns, [])).toBeNull();
    expect(target('//evil.example/{origin}', columns, ['x', ''])).toBeNull();
    expect(target('route?x={gone}', columns, ['x', ''])).toBeNull();
    expect(target('route?x={origin}', columns, [null, ''])).toBeNull();
  });
});

const look: Look = {
  text: '#000',
  muted: '#555',
  line: '#ddd',
  surface: '#fff',
  sunken: '#eee',
  accent: '#06c',
  border: '#888',
  font: 'sans',
  series: ['#1', '#2'],
};

describe('figures', () => {
  const chart = { height: 300, titled: true, authored: false };

  it('take the smallest bundle that can draw them', () => {
    expect(bundleFor({ data: [{ type: 'bar' }, {}] })).toBe('cartesian');
    expect(bundleFor({ data: [{ type: 'choropleth' }] })).toBe('geo');
    expect(bundleFor({ data: [{ type: 'choropleth' }, { type: 'bar' }] })).toBe('full');
    expect(bundleFor({ data: [{ type: 'scattergl' }] })).toBe('full');
    expect(bundleFor({ data: [{ type: 'indicator' }] })).toBe('full');
  });

  it('get the look of the page, and keep what an author chose', () => {
    const plain = { layout: { template: { layout: { colorway: ['#636efa'], plot_bgcolor: '#E5ECF6' } } }, data: [] };
    expect(ownTemplate(plain)).toBe(false);
    const white = { layout: { template: { layout: { colorway: ['#636efa'], plot_bgcolor: 'white' } } }, data: [] };
    expect(ownTemplate(white)).toBe(true);
    expect(ownTemplate({ data: [], layout: { template: { layout: { colorway: ['#123456'] } } } })).toBe(true);
    const dark = { data: [{ marker: { color: 'red' } }], layout: { template: 'plotly_dark', width: 700 } };
    const drawn = dressed(dark, look, chart);
    expect(drawn.layout).toMatchObject({ template: 'plotly_dark', height: 300, autosize: true });
    expect(drawn.layout).not.toHaveProperty('width');
    expect(drawn.data).toBe(dark.data);
    expect(dressed(plain, look, { ...chart, height: null }).layout!.template).toMatchObject({
      layout: { colorway: ['#1', '#2'] },
    });
  });

  it('keep their title and the frames of an animation', () => {
    const moving = { data: [], layout: { title: { text: 'T' }, margin: { l: 5 } }, frames: [{ name: 'a' }] };
    expect(dressed(moving, look, { ...chart, titled: false })).toMatchObject({
      layout: { title: { text: 'T' }, margin: { t: 64, l: 5 } },
      frames: [{ name: 'a' }],
    });
    expect(dressed(moving, look, chart).layout).not.toHaveProperty('title');
    expect(
      dressed({ data: [], layout: { title: 'T', margin: { t: 9 } } }, look, { ...chart, titled: false }).layout!.margin,
    ).toEqual({
      t: 9,
    });
  });

  it('have other dashes when the colours are used up', () => {
    const data = [0, 1, 2].map(() => ({ type: 'scatter', mode: 'lines' }));
    expect(dressed({ data }, look, chart).data.map((t) => (t.line as { dash: string }).dash)).toEqual([
      'solid',
      'solid',
      'dash',
    ]);
  });

  it('of somebody’s program keep their traces, however many', () => {
    const data = [0, 1, 2].map(() => ({ type: 'scatter', mode: 'lines' }));
    expect(dressed({ data }, look, { ...chart, authored: true }).data).toBe(data);
  });

  const block = { filter: { name: 'carrier', column: 'carrier' } } as Block;
  const answer = {
    columns: [
      { name: 'carrier', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
    ],
    rows: [
      ['UA', 3],
      ['B6', 2],
      [null, 1],
    ],
  } as Answer;

  it('know the row of a mark', () => {
    expect(rowOf(1)).toBe(1);
    expect(rowOf([1, 'x'])).toBe(1);
    expect(rowOf('x')).toBeNull();
    expect(valueAt(block, answer, 1)).toBe('B6');
    expect(valueAt(block, answer, 2)).toBeNull();
    expect(valueAt(block, answer, 9)).toBeNull();
  });

  it('show what is chosen', () => {
    const figure = { data: [{ type: 'bar', customdata: [0, 1] }] };
    expect(selected(figure, block, answer, ['B6']).data[0]).toMatchObject({ selectedpoints: [1] });
    expect(selected(figure, block, answer, ['XX'])).toBe(figure);
    expect(selected({ data: [{ type: 'pie', customdata: [0, 1] }] }, block, answer, ['UA']).data[0]).toMatchObject({
      pull: [0.08, 0],
    });
  });

  it('are told as numbers, also those that Python packs', () => {
    const bdata = btoa(String.fromCharCode(...new Uint8Array(new Float64Array([1.5, 2]).buffer)));
    expect(values({ dtype: 'f8', bdata })).toEqual([1.5, 2]);
    expect(values({ dtype: 'zz', bdata })).toEqual([]);
    const figure = {
      data: [
        { name: 'a', x: ['p', 'q'], y: { dtype: 'f8', bdata } },
        { name: 'b', x: ['p'], y: [7] },
      ],
      layout: { xaxis: { title: { text: 'Airport' } } },
    };
    expect(tableOf({ ...answer, rows: [], columns: [], figure })).toEqual({
      columns: [
        { name: 'series', type: 'VARCHAR' },
        { name: 'Airport', type: 'VARCHAR' },
        { name: 'y', type: 'DOUBLE' },
      ],
      rows: [
        ['a', 'p', 1.5],
        ['a', 'q', 2],
        ['b', 'p', 7],
      ],
    });
    const heat = { data: [{ type: 'heatmap', x: [1, 2], y: ['m'], z: [[5, 6]] }] };
    expect(tableOf({ ...answer, rows: [], figure: heat }).rows).toEqual([
      [1, 'm', 5],
      [2, 'm', 6],
    ]);
  });
});

describe('tables', () => {
  const answer = {
    columns: [
      { name: 'a', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
    ],
    rows: [
      ['x', 10],
      ['y', null],
      ['z', 9],
    ],
  };

  it('show the columns that their file names, in its order', () => {
    const columns = [{ name: 'n', label: 'Number' }, { name: 'gone' }];
    expect(shownColumns({ columns }, answer)).toMatchObject([{ at: 1, title: 'Number', number: true }]);
    expect(shownColumns({}, answer).map((c) => c.title)).toEqual(['a', 'n']);
  });

  it('write the values of columns that fit in the format of the whole', () => {
    const columns = [{ name: 'n', format: 'bytes' }];
    expect(shownColumns({ columns, format: ',d' }, answer).map((c) => c.format)).toEqual(['bytes']);
    expect(shownColumns({ format: ',d' }, answer).map((c) => c.format)).toEqual([null, ',d']);
    expect(shownColumns({ format: 'month' }, answer).map((c) => c.format)).toEqual([null, null]);
    const pivot = { type: 'pivot', format: '.1%', encoding: { rows: ['n'], columns: ['x'], value: ['y'] } };
    const cells = { columns: [...answer.columns, { name: '2026', type: 'DOUBLE' }] };
    expect(shownColumns(pivot, cells).map((c) => c.format)).toEqual([null, null, '.1%']);
  });

  it('are sorted as numbers and as texts, NULL last', () => {
    expect(ordered(answer, { column: 1, down: true })).toEqual([0, 2, 1]);
    expect(ordered(answer, { column: 1, down: false })).toEqual([2, 0, 1]);
    expect(ordered(answer, { column: 0, down: true })).toEqual([2, 1, 0]);
    expect(ordered(answer, null)).toEqual([0, 1, 2]);
  });

  it('are sorted by clicks: numbers from the largest, then the other way, then not', () => {
    const first = nextOrder(null, 1, true);
    expect(first).toEqual({ column: 1, down: true });
    const second = nextOrder(first, 1, true);
    expect(second).toEqual({ column: 1, down: false });
    expect(nextOrder(second, 1, true)).toBeNull();
    expect(nextOrder(first, 0, false)).toEqual({ column: 0, down: false });
  });
});
