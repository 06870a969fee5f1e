import usa from 'virtual:topojson/usa_110m';
import world from 'virtual:topojson/world_110m';

// where Plotly looks for borders before it asks for them
(window as unknown as Record<string, unknown>).PlotlyGeoAssets = {
  topojson: { usa_110m: usa, world_110m: world },
};
void import('./export');
