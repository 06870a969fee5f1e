import africa from 'virtual:topojson/africa_110m';
import asia from 'virtual:topojson/asia_110m';
import europe from 'virtual:topojson/europe_110m';
import north from 'virtual:topojson/north-america_110m';
import south from 'virtual:topojson/south-america_110m';
import usa from 'virtual:topojson/usa_110m';
import world from 'virtual:topojson/world_110m';

// where Plotly looks for borders before it asks for them
(window as unknown as Record<string, unknown>).PlotlyGeoAssets = {
  topojson: {
    africa_110m: africa,
    asia_110m: asia,
    europe_110m: europe,
    'north-america_110m': north,
    oceania_110m: world,
    'south-america_110m': south,
    usa_110m: usa,
    world_110m: world,
  },
};
void import('./export');
