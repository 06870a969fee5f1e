import { useEffect, useRef, useState } from 'react';
import { Button, Failure } from '../ui/ui';
import css from './dashboards.module.css';

export interface Item {
  title: string;
  note?: string;
  run: () => Promise<void> | void;
}

/** A button with a short list of things to do. */
export function Menu({ label, text, items }: { label: string; text?: string; items: Item[] }) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const box = useRef<HTMLSpanElement>(null);
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    if (!open) return;
    list.current?.querySelector('button')?.focus();
    const outside = (e: Event) => !box.current?.contains(e.target as Node) && setOpen(false);
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  const run = async (item: Item) => {
    setOpen(false);
    setError(null);
    setBusy(item.title);
    try {
      await item.run();
    } catch (e) {
      setError(e as Error);
    }
    setBusy('');
  };
  const press = (e: React.KeyboardEvent) => {
    if (e.key === 'Escape') {
      e.stopPropagation();
      setOpen(false);
      box.current?.querySelector('button')?.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step || !open) return;
    e.preventDefault();
    const buttons = [...list.current!.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  if (items.length === 0) return null;
  return (
    <span ref={box} className={css.menu} data-text={text !== undefined} onKeyDown={press}>
      <Button
        look={text ? 'plain' : 'quiet'}
        icon="download"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={text ? undefined : label}
        title={label}
        disabled={busy !== ''}
        onClick={() => setOpen(!open)}
      >
        {busy ? `${busy} …` : text}
      </Button>
      {open && (
        <ul ref={list} role="menu" aria-label={label}>
          {items.map((item) => (
            <li key={item.title} role="none">
              <button type="button" role="menuitem" tabIndex={-1} onClick={() => void run(item)}>
                {item.title}
                {item.note && <small>{item.note}</small>}
              </button>
            </li>
          ))}
        </ul>
      )}
      {error && (
        <span className={css.menuError}>
          <Failure error={error} />
          <Button look="quiet" icon="close" aria-label="Close" onClick={() => setError(null)} />
        </span>
      )}
    </span>
  );
}
