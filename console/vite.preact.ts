// The page is written in React's words and types, and runs on Preact: a tenth of the bytes.
export const preact = [
  { find: /^react-dom(\/client)?$/, replacement: 'preact/compat/client' },
  { find: /^react\/jsx-(dev-)?runtime$/, replacement: 'preact/jsx-runtime' },
  { find: /^react$/, replacement: 'preact/compat' },
];
