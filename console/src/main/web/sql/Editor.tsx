import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import type { Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type RefObject, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { Mistake } from '../api/client';
import type { Column } from '../api/types';
import { plain } from './plain';

export interface EditorHandle {
  /** What is selected, else the whole of it, and the line where it begins, from 0. */
  query(): { sql: string; line: number; whole: boolean };
  replace(text: string): void;
  focus(): void;
}

interface Props {
  ref: RefObject<EditorHandle | null>;
  start: string;
  tables: Record<string, Column[]>;
  mistakes: Mistake[];
  /** The line of the editor where the query began that the mistakes are about. */
  mistakesFrom: number;
  onChange: (text: string) => void;
  onRun: () => void;
}

const LOOK = EditorView.theme({
  '&': { height: '100%', fontSize: '12.5px', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 26%, transparent)',
  },
  '.cm-placeholder': { color: 'var(--muted)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '240px' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--selected)', color: 'var(--text)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '12px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--accent)' },
]);

/** What says how to get out of it again, in the same tree, where a description has to be. */
const KEYS = 'keys';

/** SQL, completed from the catalog. It lives in a shadow tree, where its styles need no leave of the page's CSP. */
export function Editor({ ref, start, tables, mistakes, mistakesFrom, onChange, onRun }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const parts = useRef({ language: new Compartment(), assist: new Compartment(), marks: new Compartment() });
  const acts = useRef({ onChange, onRun });
  acts.current = { onChange, onRun };
  const [typed, type] = useState(false);
  const marked = useRef(false);

  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: 'open' });
    const keys = document.createElement('p');
    keys.id = KEYS;
    keys.hidden = true; // read by name only
    keys.textContent = 'Tab indents. Escape and then Tab leaves the editor.';
    root.replaceChildren(keys);
    const editor = new EditorView({
      root,
      parent: root,
      doc: start,
      extensions: [
        Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => (acts.current.onRun(), true) }])),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        parts.current.assist.of([]),
        highlightActiveLine(),
        EditorState.allowMultipleSelections.of(true),
        EditorView.contentAttributes.of({ 'aria-label': 'SQL', 'aria-describedby': KEYS, tabindex: '0' }),
        placeholder('SELECT … FROM schema.table'),
        parts.current.marks.of([]),
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        parts.current.language.of(plain),
        EditorView.domEventHandlers({ keydown: () => type(true) }),
        syntaxHighlighting(COLOURS),
        LOOK,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) acts.current.onChange(update.state.doc.toString());
        }),
      ],
    });
    view.current = editor;
    return () => editor.destroy();
    // the text belongs to the editor once it is there
  }, []);

  useEffect(() => {
    if (!typed) return;
    let gone = false;
    const { language, assist } = parts.current;
    void import('./assist').then((found) => {
      if (gone) return;
      view.current!.dispatch({
        effects: [language.reconfigure(found.parsed(tables)), assist.reconfigure(found.assist)],
      });
    });
    return () => {
      gone = true;
    };
  }, [typed, tables]);

  useEffect(() => {
    if (mistakes.length === 0 && !marked.current) return;
    marked.current = true;
    let gone = false;
    void import('@codemirror/lint').then(({ lintKeymap, setDiagnostics }) => {
      if (gone) return;
      const editor = view.current!;
      const found = mistakes.flatMap((m) => diagnostic(editor, m, mistakesFrom) ?? []);
      editor.dispatch({ effects: parts.current.marks.reconfigure(keymap.of(lintKeymap)) });
      editor.dispatch(setDiagnostics(editor.state, found));
    });
    return () => {
      gone = true;
    };
  }, [mistakes, mistakesFrom]);

  useImperativeHandle(ref, () => ({
    query: () => {
      const { state } = view.current!;
      const { from, to, empty } = state.selection.main;
      return empty
        ? { sql: state.doc.toString(), line: 0, whole: true }
        : { sql: state.sliceDoc(from, to), line: state.doc.lineAt(from).number - 1, whole: false };
    },
    replace: (text) => {
      const editor = view.current!;
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
      editor.focus();
    },
    focus: () => view.current!.focus(),
  }));

  return <div ref={host} style={{ height: '100%' }} />;
}

/** A mistake at its place: from there to the end of the word. */
function diagnostic({ state }: EditorView, mistake: Mistake, first: number): Diagnostic | null {
  if (!mistake.line) return null;
  const line = state.doc.line(Math.min(state.doc.lines, mistake.line + first));
  const from = Math.min(line.to, line.from + Math.max(0, (mistake.column ?? 1) - 1));
  const word = /^\w+/.exec(state.sliceDoc(from, line.to))?.[0].length ?? 1;
  const message = [mistake.message ?? mistake.detail, mistake.hint].filter(Boolean).join('\n');
  return {
    from: Math.min(from, Math.max(line.from, line.to - 1)),
    to: Math.min(from + word, line.to),
    severity: 'error',
    message,
  };
}
