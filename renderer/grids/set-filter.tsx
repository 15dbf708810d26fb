/** A list of the values of a column with check boxes and counts: what is not checked is filtered out. */
import { useEffect, useRef, useState } from 'react';
import { useAnswer } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { withOnly, withoutPart } from '../state/filters.ts';
import { useWindow } from '../state/window-store.ts';
import { KindSign } from '../panes/severity.tsx';
import { Status } from './cells.tsx';
import { toggledValue, valueText } from './value-words.ts';
import type { SetFilterPart } from './value-words.ts';

export interface FilteredColumn {
  readonly part: SetFilterPart;
  readonly title: string;
}

export function setFilterId(grid: string, part: SetFilterPart): string {
  return `set-filter-${grid}-${part}`;
}

/** The head of a column that has such a list: its name, and the button that opens the list. */
export function FilteredHead({
  displayName,
  eGridHeader,
  grid,
  part,
}: {
  readonly displayName: string;
  readonly eGridHeader: HTMLElement;
  readonly grid: string;
  readonly part: SetFilterPart;
}) {
  const button = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // A press on the name sorts; the grid hears of it before React does.
    const stop = (event: Event): void => event.stopPropagation();
    const element = button.current;
    element?.addEventListener('click', stop);
    return () => element?.removeEventListener('click', stop);
  }, []);
  useEffect(() => {
    // The column is called by its name alone, not by its button's as well.
    eGridHeader.setAttribute('aria-label', displayName);
  }, [eGridHeader, displayName]);
  return (
    <>
      <span className="head-name">{displayName}</span>
      <span ref={button}>
        <SetFilterButton
          id={setFilterId(grid, part)}
          columns={[{ part, title: displayName }]}
          sign="▾"
          isInHead
        />
      </span>
    </>
  );
}

/** Opens the list of `id`. `sign` alone stands where the column's name does already. */
export function SetFilterButton({
  id,
  columns,
  sign,
  isInHead = false,
}: {
  readonly id: string;
  readonly columns: readonly FilteredColumn[];
  readonly sign: string;
  /** The grid's head has keys of its own: Alt and arrow down open the list. */
  readonly isInHead?: boolean;
}) {
  const { t } = useLanguage();
  const isFiltered = useWindow(({ filters }) =>
    columns.some(({ part }) => filters.present[part] !== undefined),
  );
  const title = t('set-filter.open', { column: columns.map((one) => one.title).join(', ') });
  return (
    <button
      type="button"
      className={`set-filter-button ${isFiltered ? 'some-hidden' : ''}`}
      popoverTarget={id}
      tabIndex={isInHead ? -1 : 0}
      aria-label={isFiltered ? t('set-filter.open-filtered', { title }) : title}
      title={title}
    >
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}

/** The list itself, shown below its button. */
export function SetFilter({
  id,
  columns,
}: {
  readonly id: string;
  readonly columns: readonly FilteredColumn[];
}) {
  const { t } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = list.current;
    if (!isOpen || element === null) return undefined;
    // Its values come after it opens, and make it wider: it stays inside the window.
    const watch = new ResizeObserver(() => {
      placeBelow(element, document.querySelector(`[popovertarget="${id}"]`));
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [isOpen, id]);
  return (
    <div
      ref={list}
      id={id}
      popover="auto"
      className="set-filter"
      role="group"
      aria-label={t('set-filter.open', { column: columns.map(({ title }) => title).join(', ') })}
      onToggle={({ currentTarget, newState }) => {
        setOpen(newState === 'open');
        if (newState === 'open') placeBelow(currentTarget, document.querySelector(`[popovertarget="${id}"]`));
      }}
      onKeyDown={(event) => {
        // The keys of the grid around it are not for the list.
        if (event.key !== 'Escape') event.stopPropagation();
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step === 0) return;
        event.preventDefault();
        const boxes = Array.from(event.currentTarget.querySelectorAll<HTMLInputElement>('input:enabled'));
        const at = boxes.findIndex((box) => box === document.activeElement);
        boxes[(at + step + boxes.length) % boxes.length]?.focus();
      }}
    >
      {isOpen
        ? columns.map((column, at) => <Values key={column.part} {...column} isFirst={at === 0} />)
        : null}
    </div>
  );
}

function placeBelow(list: HTMLElement, button: Element | null): void {
  const page = document.documentElement;
  const place = button?.getBoundingClientRect() ?? list.parentElement?.getBoundingClientRect();
  const top = Math.min((place?.bottom ?? 0) + 2, page.clientHeight - 160);
  const left = Math.min((place?.left ?? 0) - 8, page.clientWidth - list.offsetWidth - 8);
  list.style.top = `${top}px`;
  list.style.left = `${Math.max(8, left)}px`;
  list.style.maxHeight = `${page.clientHeight - top - 8}px`;
}

function Values({ part, title, isFirst }: FilteredColumn & { readonly isFirst: boolean }) {
  const { t, number } = useLanguage();
  const filter = useWindow((state) => state.filters.present);
  const setFilter = useWindow((state) => state.filter);
  const revision = useWindow((state) => state.revision);
  const answer = useAnswer('filterValues', { part, filter }, revision);
  const rows = answer.last;
  const chosen: readonly string[] | undefined = filter[part];
  const listed = rows?.map(({ value }) => value) ?? [];
  const take = (values: readonly string[] | undefined | null): void => {
    if (values === null) return;
    setFilter(values === undefined ? withoutPart(filter, part) : withOnly(filter, part, values));
  };
  return (
    <fieldset className="set-filter-values">
      <legend>{title}</legend>
      {rows === null ? (
        <p role="status">{answer.state === 'failed' ? t('set-filter.failed') : t('find.looking')}</p>
      ) : rows.length === 0 ? (
        <p>{t('set-filter.nothing')}</p>
      ) : null}
      {rows?.map(({ value, count }, at) => {
        const isChosen = chosen?.includes(value) !== false;
        const text = valueText(t, part, value);
        const isLast = isChosen && listed.every((one) => one === value || chosen?.includes(one) === false);
        return (
          <div key={value} className="set-filter-value">
            <label className={count === 0 ? 'absent' : ''}>
              <input
                type="checkbox"
                // The list opens with its first box at hand.
                autoFocus={isFirst && at === 0}
                checked={isChosen}
                disabled={isLast}
                onChange={() => take(toggledValue(chosen, listed, value))}
              />
              <span className="set-filter-name">
                <ValueName part={part} value={value} text={text} />
              </span>
              <small>{number(count)}</small>
            </label>
            <button
              type="button"
              className="link"
              aria-label={t('set-filter.only-this', { value: text })}
              title={t('set-filter.only-this', { value: text })}
              onClick={() => take([value])}
            >
              {t('set-filter.only')}
            </button>
          </div>
        );
      })}
      <button type="button" className="link" disabled={chosen === undefined} onClick={() => take(undefined)}>
        {t('set-filter.all')}
      </button>
    </fieldset>
  );
}

const kindsOfFindings = ['contradiction', 'fault', 'gap', 'note'] as const;

/** As the cells have it: a status with its sign. */
function ValueName({
  part,
  value,
  text,
}: {
  readonly part: SetFilterPart;
  readonly value: string;
  readonly text: string;
}) {
  const isStatus = part === 'detections' || part === 'deployments' || part === 'outcomes';
  if (isStatus && value !== '') return <Status status={value} />;
  const kind = part === 'kinds' ? kindsOfFindings.find((one) => one === value) : undefined;
  if (kind !== undefined)
    return (
      <>
        <KindSign kind={kind} severity="info" /> {text}
      </>
    );
  return text;
}
