import { StreamLanguage } from '@codemirror/language';

const KEYWORDS = new Set(
  (
    'all and any as asc between by case cast cross desc describe distinct else end except exclude exists explain false ' +
    'filter first following from full group having in inner intersect into interval is join lateral left like ilike ' +
    'limit natural not null nulls offset on or order outer over partition pivot preceding qualify recursive right row ' +
    'rows sample select semi anti asof show summarize table then true unbounded union unnest unpivot using values when ' +
    'where window with within'
  ).split(' '),
);

interface Inside {
  comment: number;
}

/** SQL in its colours for those who read it; a parser takes over when somebody types (assist.ts). */
export const plain = StreamLanguage.define<Inside>({
  name: 'sql',
  startState: () => ({ comment: 0 }),
  languageData: { commentTokens: { line: '--', block: { open: '/*', close: '*/' } } },
  token(stream, inside) {
    if (inside.comment > 0) {
      if (stream.match('*/')) inside.comment--;
      else if (stream.match('/*')) inside.comment++;
      else stream.next();
      return 'blockComment';
    }
    if (stream.eatSpace()) return null;
    if (stream.match('--')) {
      stream.skipToEnd();
      return 'lineComment';
    }
    if (stream.match('/*')) {
      inside.comment = 1;
      return 'blockComment';
    }
    if (stream.match(/^'(?:[^']|'')*'?/)) return 'string';
    if (stream.match(/^"(?:[^"]|"")*"?/)) return null;
    if (stream.match(/^\d+(?:\.\d+)?(?:e[+-]?\d+)?/i)) return 'number';
    const word = stream.match(/^[\p{L}_][\p{L}\p{N}_$]*/u) as RegExpMatchArray | null;
    if (!word) {
      stream.next();
      return null;
    }
    return KEYWORDS.has(word[0].toLowerCase()) ? 'keyword' : null;
  },
});
