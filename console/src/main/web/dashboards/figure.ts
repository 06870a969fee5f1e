import type { Cell } from '../api/types';
import type { Answer, Block, Figure, Trace } from './types';

/** What is done to a figure before it is drawn; without the page, so that it can be tested. */

export type Bundle = 'cartesian' | 'geo' | 'full';

const CARTESIAN = new Set([
  'bar',
  'box',
  'contour',
  'heatmap',
  'histogram',
  'histogram2d',
  'histogram2dcontour',
  'image',
  'pie',
  'scatter',
  'scatterternary',
  'violin',
]);
const GEO = new Set(['choropleth', 'scatter', 'scattergeo']);

/** The smallest of Plotly's bundles that can draw it. */
export function bundleFor(figure: Figure): Bundle {
  const types = figure.data.map((trace) => trace.type ?? 'scatter');
  if (types.every((type) => CARTESIAN.has(type))) return 'cartesian';
  return types.every((type) => GEO.has(type)) ? 'geo' : 'full';
}

/** The colours of the page as they are now. */
export interface Look {
  text: string;
  muted: string;
  line: string;
  surface: string;
  sunken: string;
  accent: string;
  border: string;
  font: string;
  series: string[];
}

const DASHES = ['solid', 'dash', 'dot', 'dashdot'];

/** Plotly's own first colour, and its ground, which tells it from its white and dark templates. */
const PLAIN = { colour: '#636efa', ground: '#e5ecf6' };

/** Whether an author chose a template: Plotly puts its own into every figure that Python makes. */
export function ownTemplate(figure: Figure): boolean {
  const template = figure.layout?.template as
    { layout?: { colorway?: string[]; plot_bgcolor?: string } } | string | undefined;
  if (template === undefined || template === null) return false;
  if (typeof template === 'string') return template !== 'plotly';
  if (Object.keys(template).length === 0) return false;
  const { colorway, plot_bgcolor } = template.layout ?? {};
  return colorway?.[0]?.toLowerCase() !== PLAIN.colour || plot_bgcolor?.toLowerCase() !== PLAIN.ground;
}

/** Some of a colour on another, both as the browser says them: rgb(1, 2, 3). */
export function mixed(colour: string, ground: string, share: number): string {
  const [a, b] = [colour, ground].map((text) => (text.match(/[\d.]+/g) ?? []).map(Number));
  if (a!.length < 3 || b!.length < 3) return colour;
  return `rgb(${[0, 1, 2].map((i) => Math.round(a![i]! * share + b![i]! * (1 - share))).join(', ')})`;
}

/** The template that stands in for Plotly's. Six colours, then the same with other dashes. */
export function template(look: Look) {
  const axis = {
    gridcolor: look.line,
    linecolor: look.border,
    zerolinecolor: look.border,
    tickcolor: look.border,
    tickfont: { color: look.muted },
    title: { font: { color: look.muted, size: 12 }, standoff: 10 },
    automargin: true,
    zerolinewidth: 1,
    separatethousands: true,
  };
  const [first = look.accent] = look.series;
  const scale = [
    [0, mixed(first, look.surface, 0.12)],
    [1, first],
  ];
  const bar = { outlinewidth: 0, thickness: 12, tickfont: { color: look.muted }, len: 0.9, separatethousands: true };
  const unselected = { marker: { opacity: 0.35 } };
  return {
    layout: {
      colorway: look.series,
      font: { family: look.font, size: 12, color: look.text },
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      colorscale: { sequential: scale, sequentialminus: scale },
      coloraxis: { colorbar: bar },
      hoverlabel: { bgcolor: look.surface, bordercolor: look.border, font: { color: look.text, family: look.font } },
      legend: { orientation: 'h', y: 1.02, yanchor: 'bottom', x: 0, font: { color: look.text } },
      margin: { l: 48, r: 12, t: 12, b: 36 },
      xaxis: { ...axis, showgrid: false },
      yaxis: axis,
      geo: {
        bgcolor: 'rgba(0,0,0,0)',
        showland: true,
        landcolor: look.sunken,
        showcountries: true,
        showcoastlines: false,
        showframe: false,
        lakecolor: look.surface,
        coastlinecolor: look.border,
        countrycolor: look.line,
        subunitcolor: look.line,
        showlakes: false,
        framecolor: look.line,
      },
      title: { font: { size: 14, color: look.text } },
      bargap: 0.18,
    },
    data: {
      bar: [{ marker: { line: { width: 0 } }, unselected }],
      scatter: [{ unselected }],
      histogram: [{ unselected }],
      pie: [{ marker: { line: { color: look.surface, width: 1.5 } }, hole: 0.45, textfont: { color: look.text } }],
      heatmap: [{ colorscale: scale, colorbar: bar, xgap: 1, ygap: 1 }],
      choropleth: [
        { colorscale: scale, colorbar: bar, marker: { line: { color: look.surface, width: 0.5 } }, unselected },
      ],
      scattergeo: [{ marker: { line: { color: look.surface, width: 0.5 } }, unselected }],
      indicator: [{ gauge: { bgcolor: look.sunken, bordercolor: look.line, bar: { color: look.series[0] } } }],
    },
  };
}

/** The room that a title needs above a figure, and the legend below it. */
const TITLE = 64;

/** How a figure stands in a page. */
export interface Place {
  height: number | null;
  /** Whether its title already stands above it. */
  titled: boolean;
  /** Whether somebody's program made it, rather than the server of a block: its traces are not touched. */
  authored: boolean;
}

/** A figure in the page's look; whatever its author set stays. Titles are left to the block around it. */
export function dressed(figure: Figure, look: Look, { height, titled, authored }: Place): Figure {
  const { title, ...given } = figure.layout ?? {};
  const layout: Record<string, unknown> = { ...given, autosize: true };
  if (title !== undefined && !titled) layout.title = title;
  if (!ownTemplate(figure)) {
    layout.template = template(look);
    if (layout.title !== undefined) layout.margin = { t: TITLE, ...(given.margin as object | undefined) };
    if (figure.data.every((trace) => trace.type === 'indicator')) layout.margin ??= { l: 32, r: 40, t: 40, b: 20 };
  }
  delete layout.width; // it is as wide as there is room
  if (height !== null) layout.height = height;
  const many = !authored && figure.data.length > look.series.length;
  const data = many ? figure.data.map((trace, i) => dash(trace, i, look.series.length)) : figure.data;
  return figure.frames ? { data, layout, frames: figure.frames } : { data, layout };
}

/** The seventh line has the first colour again, and another dash. */
function dash(trace: Trace, i: number, colours: number): Trace {
  const line = trace.line as { dash?: string } | undefined;
  const lines = (trace.type ?? 'scatter') === 'scatter' && String(trace.mode ?? 'lines').includes('lines');
  if (!lines || line?.dash !== undefined) return trace;
  return { ...trace, line: { ...line, dash: DASHES[Math.floor(i / colours) % DASHES.length] } };
}

/** The row that a mark is made of, by what the server has put beside it. */
export function rowOf(customdata: unknown): number | null {
  const index = Array.isArray(customdata) ? customdata[0] : customdata;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : null;
}

/** The value of the column that a block filters by, in a row; as the URL has it. */
export function valueAt(block: Block, answer: Pick<Answer, 'columns' | 'rows'>, row: number): string | null {
  const at = answer.columns.findIndex((c) => c.name === block.filter?.column);
  const cell: Cell | undefined = answer.rows[row]?.[at];
  return at < 0 || cell === null || cell === undefined ? null : String(cell);
}

/** Marks that are of the values of a filter stand out from the others. */
export function selected(figure: Figure, block: Block, answer: Answer, values: string[]): Figure {
  if (!block.filter || values.length === 0) return figure;
  const wanted = new Set(values);
  const chosen = (customdata: unknown) => {
    const row = rowOf(customdata);
    return row !== null && wanted.has(valueAt(block, answer, row) ?? '');
  };
  const traces = figure.data.map((trace) => (Array.isArray(trace.customdata) ? trace.customdata.map(chosen) : null));
  if (!traces.some((marks) => marks?.some(Boolean))) return figure; // of another chart, or not among the marks
  return {
    ...figure,
    data: figure.data.map((trace, i) => {
      const marks = traces[i];
      if (!marks) return trace;
      if (trace.type === 'pie') return { ...trace, pull: marks.map((m) => (m ? 0.08 : 0)) };
      if (trace.type === 'heatmap') return trace;
      return { ...trace, selectedpoints: marks.flatMap((m, at) => (m ? [at] : [])) };
    }),
  };
}

const NAMES: Record<string, string> = {
  scatter: 'chart',
  scattergeo: 'map',
  choropleth: 'map',
  histogram: 'histogram',
  heatmap: 'heatmap',
  indicator: 'indicator',
};

/** What a picture says to those who do not see it. */
export function described(figure: Figure, title: string, rows: number): string {
  const type = figure.data[0]?.type ?? 'scatter';
  const named = figure.data.map((t) => t.name).filter((n): n is string => typeof n === 'string' && n !== '');
  const series =
    named.length > 1 ? ` of ${named.slice(0, 12).join(', ')}${named.length > 12 ? ' and others' : ''}` : '';
  const table = rows > 0 ? ' The button above it shows its numbers as a table.' : '';
  return `${title || 'Figure'}: ${NAMES[type] ?? `${type} chart`}${series}.${table}`;
}
