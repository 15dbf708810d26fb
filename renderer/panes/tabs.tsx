import { useId } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

/** Tabs with their panel: one tab stop, arrow keys choose. */
export function Tabs<T extends string>({
  label,
  value,
  choices,
  onChange,
  children,
}: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly {
    readonly value: T;
    readonly label: string;
    readonly count?: string | null;
  }[];
  readonly onChange: (value: T) => void;
  readonly children: ReactNode;
}) {
  const id = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const at = choices.findIndex((choice) => choice.value === value);
    const last = choices.length - 1;
    const next =
      event.key === 'ArrowRight'
        ? (at + 1) % choices.length
        : event.key === 'ArrowLeft'
          ? (at + last) % choices.length
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? last
              : null;
    const chosen = next === null ? undefined : choices[next];
    if (next === null || chosen === undefined || event.altKey) return;
    event.preventDefault();
    onChange(chosen.value);
    const tab = event.currentTarget.children[next];
    if (tab instanceof HTMLElement) tab.focus();
  };
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {choices.map((choice) => (
          <button
            key={choice.value}
            type="button"
            role="tab"
            id={`${id}-${choice.value}`}
            aria-selected={choice.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={choice.value === value ? 0 : -1}
            onClick={() => onChange(choice.value)}
          >
            {choice.label}
            {choice.count === undefined || choice.count === null ? null : <small>{choice.count}</small>}
          </button>
        ))}
      </div>
      <div className="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`}>
        {children}
      </div>
    </>
  );
}
