declare module 'plotly.js-cartesian-dist-min';
declare module 'plotly.js-geo-dist-min';
declare module 'plotly.js-strict-dist-min';
declare module 'virtual:topojson/*';
