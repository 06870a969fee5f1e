import type { InputHTMLAttributes } from 'react';
import { type Input, inputFor } from './inputs';

const FIELDS: Record<Input, InputHTMLAttributes<HTMLInputElement>> = {
  'yes-no': { type: 'text' }, // where it is one of a list
  date: { type: 'date' },
  time: { type: 'time', step: 'any' },
  moment: { type: 'datetime-local', step: 'any' },
  whole: { type: 'number', step: 1 },
  number: { type: 'number', step: 'any' },
  text: { type: 'text', spellCheck: false },
};

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'type' | 'value' | 'min' | 'max'> & {
  /** DuckDB's name of it. */
  type: string;
  value: string;
  min?: string | null;
  max?: string | null;
  onChange: (text: string) => void;
};

/** Between a date and a time the server writes a space, a browser a T; a browser knows milliseconds at most. */
const shaped = (kind: Input, text: string) => (kind === 'moment' ? text.replace(' ', 'T').slice(0, 23) : text);

/** A field for one value of a type: a number, a day, a moment or text. */
export function TypedInput({ type, value, min, max, onChange, ...rest }: InputProps) {
  const kind = inputFor(type);
  return (
    <input
      {...FIELDS[kind]}
      min={min == null ? undefined : shaped(kind, min)}
      max={max == null ? undefined : shaped(kind, max)}
      value={shaped(kind, value)}
      onChange={(e) => onChange(e.target.value)}
      {...rest}
    />
  );
}

interface ValueProps {
  type: string;
  list: boolean;
  /** All that it may be; any value of its type when there are none. */
  choices: string[];
  required: boolean;
  /** What stands for a value that is left empty. */
  fallback: string;
  min: string | null;
  max: string | null;
  value: string;
  onChange: (text: string) => void;
}

/** A field for what a parameter takes: one of some values, a list with an entry a line, or one of its type. */
export function ValueField({ type, list, choices, required, fallback, min, max, value, onChange }: ValueProps) {
  if (list) {
    return (
      <textarea
        rows={3}
        required={required}
        placeholder={fallback}
        value={value}
        onChange={(e) => onChange(e.target.value)}
      />
    );
  }
  const options = choices.length === 0 && inputFor(type) === 'yes-no' ? ['true', 'false'] : choices;
  if (options.length > 0) {
    return (
      <select required={required} value={value} onChange={(e) => onChange(e.target.value)}>
        <option value="">{fallback}</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  }
  const rest = { required, min, max, value, onChange };
  return <TypedInput type={type} placeholder={fallback} {...rest} />;
}
