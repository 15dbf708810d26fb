import type { KeyboardEvent } from 'react';

export interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly {
    readonly value: T;
    readonly label: string;
    readonly title?: string;
    readonly lang?: string;
  }[];
  readonly isDisabled?: boolean;
  readonly onChange: (value: T) => void;
}

/** A choice of a few, all in sight: one tab stop, arrow keys choose. */
export function Segments<T extends string>({
  label,
  value,
  choices,
  isDisabled = false,
  onChange,
}: SegmentsProps<T>) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0;
    if (step === 0 || isDisabled) return;
    event.preventDefault();
    const at = choices.findIndex((choice) => choice.value === value);
    const next = (at + step + choices.length) % choices.length;
    const chosen = choices[next];
    if (chosen === undefined) return;
    onChange(chosen.value);
    const button = event.currentTarget.children[next];
    if (button instanceof HTMLElement) button.focus();
  };
  return (
    <div className="segments" role="radiogroup" aria-label={label} onKeyDown={onKeyDown}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          role="radio"
          aria-checked={choice.value === value}
          tabIndex={choice.value === value ? 0 : -1}
          disabled={isDisabled}
          {...(choice.title === undefined ? {} : { title: choice.title, 'aria-label': choice.title })}
          {...(choice.lang === undefined ? {} : { lang: choice.lang })}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
