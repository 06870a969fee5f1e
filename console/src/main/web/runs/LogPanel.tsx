import { useEffect, useRef, useState } from 'react';
import { plural } from '../ui/format';
import { Button, Copy, Failure } from '../ui/ui';
import { seenRows, useScroll } from '../ui/window';
import { useLog } from './log';
import css from './LogPanel.module.css';

const LINE = 18;

/** What a task prints. It follows the end until somebody scrolls up. */
export function LogPanel({ run, log }: { run: string; log: string }) {
  const { lines, widest, over, error } = useLog(run, log);
  const box = useRef<HTMLDivElement>(null);
  const [follows, follow] = useState(true);
  const scroll = useScroll(box);
  const seen = seenRows(lines.length, LINE, scroll.top, scroll.height);
  useEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follows, lines.length]);

  return (
    <div className={css.log}>
      <header>
        <code>{log}</code>
        <span className="muted">
          {plural(lines.length, 'line')}
          {over ? '' : ', more may come'}
        </span>
        {!follows && (
          <Button icon="down" onClick={() => follow(true)}>
            To the end
          </Button>
        )}
        <Copy text={() => lines.join('\n')} label="Copy the log" />
      </header>
      {error && <Failure error={error} />}
      <div
        ref={box}
        className={css.lines}
        tabIndex={0}
        role="log"
        aria-label={`What ${log} printed`}
        onScroll={({ currentTarget: at }) => follow(at.scrollHeight - at.scrollTop - at.clientHeight < 2 * LINE)}
      >
        <div style={{ height: seen.height, width: `calc(${widest}ch + 76px)` }}>
          <div className={css.seen} style={{ transform: `translateY(${seen.offset}px)` }}>
            {lines.slice(seen.first, seen.last).map((line, i) => (
              <div key={seen.first + i} className={css.line}>
                <i>{seen.first + i + 1}</i>
                {line}
              </div>
            ))}
          </div>
        </div>
        {over && lines.length === 0 && <p className="muted">It printed nothing.</p>}
      </div>
    </div>
  );
}
