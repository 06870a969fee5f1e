import {
  type ButtonHTMLAttributes,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { ApiError, type Mistake } from '../api/client';
import type { Problem } from '../api/types';
import { ago, dateTime } from './format';
import { Icon, type IconName } from './icons';
import css from './ui.module.css';

/** The small parts that all views are made of. */

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  icon?: IconName;
  look?: 'plain' | 'primary' | 'danger' | 'quiet';
};

export function Button({ icon, look = 'plain', className = '', children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={`${css.button} ${className}`} data-look={look} data-bare={!children}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** The head of a view: what it is, and what can be done. */
export function Head({ title, children, actions }: { title: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  return (
    <header className={css.head}>
      <div className={css.headText}>
        <h1>{title}</h1>
        {children && <div className={css.headNote}>{children}</div>}
      </div>
      {actions && <div className={css.actions}>{actions}</div>}
    </header>
  );
}

export function Panel({ title, children, actions }: { title?: ReactNode; children: ReactNode; actions?: ReactNode }) {
  return (
    <section className={css.panel}>
      {(title || actions) && (
        <header className={css.panelHead}>
          <h2>{title}</h2>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

/** Nothing to show, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <p className={css.emptyTitle}>{title}</p>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}

/** A command or a file, to be copied. */
export function Code({ children }: { children: string }) {
  return (
    <span className={css.code}>
      <code>{children}</code>
      <Copy text={children} />
    </span>
  );
}

/** Puts a text on the clipboard. */
async function copy(text: string, near: HTMLElement) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // plain HTTP under another name than localhost: the older way, from a field that nobody sees
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  near.after(field); // beside the button, since nothing outside of an open dialog can be selected
  field.select();
  document.execCommand('copy');
  field.remove();
  near.focus();
}

export function Copy({ text, label = 'Copy' }: { text: string | (() => string); label?: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className={css.copy}
      aria-label={done ? 'Copied' : label}
      title={done ? 'Copied' : label}
      onClick={({ currentTarget }) =>
        void copy(typeof text === 'string' ? text : text(), currentTarget).then(() => setDone(true))
      }
    >
      <Icon name={done ? 'check' : 'copy'} size={14} />
    </button>
  );
}

const placeOf = (m: Mistake | Problem) => [m.file, m.line, m.column].filter(Boolean).join(':');

const wordsOf = (m: Mistake) => m.message ?? m.detail ?? '';

/** Whether an error says as much as one of its mistakes, so that it would be read twice. */
function isSaid(mistake: Mistake, error: string): boolean {
  const text = wordsOf(mistake);
  return error === (mistake.file ? `${placeOf(mistake)}: ${text}` : text);
}

/** What an error says: its cause, what to do, and the mistakes that are not said by then. */
export function tellOf(error: Error): { hint: string | null; more: Mistake[] } {
  if (!(error instanceof ApiError)) return { hint: null, more: [] };
  const said = error.mistakes.find((m) => isSaid(m, error.message));
  return { hint: error.hint ?? said?.hint ?? null, more: error.mistakes.filter((m) => m !== said) };
}

/** All that an error says, a line for each thing. */
export function textOf(error: Error): string {
  const { hint, more } = tellOf(error);
  const lines = more.flatMap((m) => [[placeOf(m), wordsOf(m)].filter(Boolean).join(': '), m.hint]);
  return [error.message, hint, ...lines].filter(Boolean).join('\n');
}

/** What went wrong: cause, place, hint, and a copy of it all. */
export function Failure({ error }: { error: Error }) {
  const { hint, more } = tellOf(error);
  return (
    <div className={css.failure} role="alert">
      <Icon name="warning" />
      <div>
        <p>{error.message}</p>
        {hint && <p className="muted">{hint}</p>}
        {more.length > 0 && (
          <ul>
            {more.map((m, i) => (
              <li key={i}>
                {m.file && <code>{placeOf(m)}</code>} {wordsOf(m)}
                {m.hint && <span className="muted"> {m.hint}</span>}
              </li>
            ))}
          </ul>
        )}
      </div>
      <Copy text={textOf(error)} label="Copy the error" />
    </div>
  );
}

export function Problems({ problems }: { problems: Problem[] }) {
  return (
    <ul className={css.problems}>
      {problems.map((p, i) => (
        <li key={i}>
          <code>{placeOf(p)}</code> {p.message}
          {p.hint && <span className="muted"> {p.hint}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Grey bars where rows will be; they come only when it takes a while. */
export function Skeleton({ rows = 5 }: { rows?: number }) {
  return (
    <div className={css.skeleton} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

interface Loading<T> {
  data: T | undefined;
  error: Error | null;
}

/** What a question came to: the answer when there is one, however old, else the error, else a skeleton. */
export function Loaded<T>({ of, rows, children }: { of: Loading<T>; rows?: number; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Failure error={of.error} />;
  return <Skeleton rows={rows} />;
}

// One clock for all times that are shown relative to now.
const ticks = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function onTick(listener: () => void) {
  ticks.add(listener);
  clock ??= setInterval(() => {
    now = Date.now();
    ticks.forEach((tell) => tell());
  }, 1_000);
  return () => {
    ticks.delete(listener);
    if (ticks.size === 0) {
      clearInterval(clock);
      clock = undefined;
    }
  };
}

export const useNow = () => useSyncExternalStore(onTick, () => now);

/** A moment, said from now; its title says it in full. */
export function Ago({ at }: { at: string | null }) {
  const current = useNow();
  if (at === null) return <span className="muted">–</span>;
  return (
    <time dateTime={at} title={dateTime(at)}>
      {ago(at, Math.max(current, Date.now() - 1_000))}
    </time>
  );
}

/** A question to the person, above everything else. Escape and a click outside leave it. */
export function Dialog({
  title,
  open,
  onClose,
  children,
  wide = false,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) ref.current?.showModal();
    else ref.current?.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      className={css.dialog}
      data-wide={wide}
      aria-label={title}
      onClose={onClose}
      onClick={(e) => e.target === ref.current && ref.current.close()}
    >
      {open && (
        <div className={css.dialogBody}>
          <header>
            <h2>{title}</h2>
            <Button icon="close" look="quiet" aria-label="Close" onClick={onClose} />
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}

export interface Tab {
  id: string;
  title: ReactNode;
  /** Whether it is as high as there is room, and scrolls in itself. */
  fills?: boolean;
  body: () => ReactNode;
}

export function Tabs({ tabs, chosen, onChoose }: { tabs: Tab[]; chosen: string; onChoose: (id: string) => void }) {
  const current = tabs.find((t) => t.id === chosen) ?? tabs[0]!;
  const move = (e: React.KeyboardEvent) => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length]!;
    onChoose(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <>
      <div role="tablist" className={css.tabs} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`tab-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab === current}
            aria-controls={`panel-${tab.id}`}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`panel-${current.id}`}
        aria-labelledby={`tab-${current.id}`}
        className={css.tabPanel}
        data-fills={current.fills}
      >
        {current.body()}
      </div>
    </>
  );
}

/** A field with its name above it, and what is wrong or said about it below. */
export function Field({ label, note, children }: { label: string; note?: ReactNode; children: ReactNode }) {
  return (
    <label className={css.field}>
      <span>{label}</span>
      {children}
      {note && <small>{note}</small>}
    </label>
  );
}

export function Search({
  value,
  onChange,
  label,
  ref,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  ref?: RefObject<HTMLInputElement | null>;
}) {
  return (
    <span className={css.search}>
      <Icon name="search" />
      <input
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        spellCheck={false}
        onChange={(e) => onChange(e.target.value)}
      />
    </span>
  );
}

/** A table that may be wider than the screen: it scrolls in itself, by keys too. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={css.wide} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

export function Tags({ tags }: { tags: string[] }) {
  return tags.map((tag) => (
    <span key={tag} className={css.tag}>
      {tag}
    </span>
  ));
}
