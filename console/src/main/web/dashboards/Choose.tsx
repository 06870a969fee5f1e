import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../ui/icons';
import { Button, Search } from '../ui/ui';
import css from './dashboards.module.css';
import type { Option } from './types';

const SEARCHED = 8; // from so many options on they can be searched
const SHOWN = 200;

export const titleOf = (option: Option): string => String(option.label ?? option.value ?? '–');

/** Several of many: a button that says what is chosen, and a list to tick under it. */
export function Choose({
  label,
  options,
  chosen,
  onChange,
}: {
  label: string;
  options: Option[];
  chosen: string[];
  onChange: (next: string[]) => void;
}) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const outside = (e: Event) => !box.current?.contains(e.target as Node) && setOpen(false);
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  const word = typed.trim().toLowerCase();
  const found = word === '' ? options : options.filter((o) => titleOf(o).toLowerCase().includes(word));
  const known = new Set(options.map((o) => String(o.value)));
  const strangers = chosen.filter((text) => !known.has(text)).map((text): Option => ({ value: text, label: null }));
  const first = options.find((o) => String(o.value) === chosen[0]);
  const says =
    chosen.length === 0
      ? 'All'
      : chosen.length === 1
        ? first
          ? titleOf(first)
          : chosen[0]!
        : `${chosen.length} chosen`;
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  return (
    <div
      ref={box}
      className={css.choose}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !open) return;
        e.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className={css.chooser}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={`${label}: ${says}`}
        onClick={() => setOpen(!open)}
      >
        <span className="truncate">{says}</span>
        <Icon name="down" size={14} />
      </button>
      {open && (
        <div id={id} role="group" aria-label={label} className={css.choices}>
          {options.length >= SEARCHED && <Search label={`Find in ${label}`} value={typed} onChange={setTyped} />}
          <ul>
            {[...strangers, ...found.slice(0, SHOWN)].map((option) => {
              const value = String(option.value);
              return (
                <li key={value}>
                  <label>
                    <input
                      type="checkbox"
                      checked={chosen.includes(value)}
                      onChange={(e) =>
                        onChange(e.target.checked ? [...chosen, value] : chosen.filter((text) => text !== value))
                      }
                    />
                    <bdi>{titleOf(option)}</bdi>
                  </label>
                </li>
              );
            })}
          </ul>
          {found.length === 0 && <p className="muted">Nothing has that name</p>}
          {found.length > SHOWN && <p className="muted">{found.length - SHOWN} more: type to find them</p>}
          <div className={css.choosing}>
            <Button look="quiet" disabled={chosen.length === 0} onClick={() => onChange([])}>
              All
            </Button>
            <Button onClick={close}>Done</Button>
          </div>
        </div>
      )}
    </div>
  );
}
