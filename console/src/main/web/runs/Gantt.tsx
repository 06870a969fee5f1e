import type { TaskState } from '../api/types';
import { duration } from '../ui/format';
import { Status, toneOf } from '../ui/Status';
import { useNow } from '../ui/ui';
import css from './Gantt.module.css';
import { ran, span, ticks } from './times';

export interface Bar {
  key: string;
  title: string;
  note: string;
  depth: number;
  state: TaskState;
  /** When it could have begun: until it did, it waited for a slot. */
  ready: string | null;
  started: string | null;
  finished: string | null;
}

interface Props {
  bars: Bar[];
  from: string;
  chosen?: string;
  onChoose?: (key: string) => void;
}

/** What ran when. The name is what one clicks on, since a bar may be a hair wide; waiting is drawn apart from running. */
export function Gantt({ bars, from, chosen, onChoose }: Props) {
  const now = useNow();
  const [start, end] = span(bars, from, now);
  const left = (at: number) => `${(100 * (Math.max(at, start) - start)) / (end - start)}%`;
  const width = (a: number, b: number) => `${(100 * Math.max(0, b - Math.max(a, start))) / (end - start)}%`;
  return (
    <div className={css.gantt} role="table" aria-label="What ran when" tabIndex={0}>
      <div className={css.row} role="row">
        <span role="columnheader" className="visually-hidden">
          Task
        </span>
        <span role="columnheader" className="visually-hidden">
          State
        </span>
        <span role="columnheader" className={css.axis} aria-label="Time since the start">
          {ticks(end - start).map((tick) => (
            <i key={tick} style={{ left: left(start + tick) }} data-last={tick > 0.86 * (end - start)}>
              {tick === 0 ? '0' : duration(tick)}
            </i>
          ))}
        </span>
      </div>
      {bars.map((bar) => {
        const began = bar.started ? Date.parse(bar.started) : null;
        const over = bar.finished ? Date.parse(bar.finished) : now;
        const ready = bar.ready ? Date.parse(bar.ready) : null;
        const took = ran(bar, now);
        const waits = ready !== null && (began ?? over) > ready;
        return (
          <div key={bar.key} className={css.row} role="row" data-chosen={bar.key === chosen}>
            <span role="cell" className={css.name} style={{ paddingLeft: 14 + 16 * bar.depth }}>
              {onChoose ? (
                <button type="button" aria-pressed={bar.key === chosen} onClick={() => onChoose(bar.key)}>
                  <span className="truncate">{bar.title}</span>
                </button>
              ) : (
                <span className="truncate">{bar.title}</span>
              )}
              {bar.note && <small>{bar.note}</small>}
            </span>
            <span role="cell" className={css.state}>
              <Status state={bar.state} />
            </span>
            <span role="cell" className={css.track}>
              {waits && (
                <i
                  className={css.wait}
                  style={{ left: left(ready), width: width(ready, began ?? over) }}
                  title={`waited ${duration((began ?? over) - ready)}`}
                />
              )}
              {began !== null && (
                <i
                  className={css.run}
                  data-tone={toneOf(bar.state)}
                  style={{ left: left(began), width: width(began, over) }}
                />
              )}
              {took !== null && (
                <b
                  style={
                    over > start + 0.8 * (end - start)
                      ? { right: `calc(100% - ${left(began!)} + 6px)`, left: 'auto' }
                      : { left: `calc(${left(over)} + 6px)` }
                  }
                  data-inside={over > start + 0.8 * (end - start) && began! < start + 0.15 * (end - start)}
                >
                  {duration(took)}
                </b>
              )}
            </span>
          </div>
        );
      })}
    </div>
  );
}
