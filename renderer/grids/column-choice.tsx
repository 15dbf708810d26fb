/** Which columns of a grid are shown, and which stay at its left edge. */
import type { ColDef } from 'ag-grid-community';
import { useRef } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { useWindow } from '../state/window-store.ts';

/** Columns as the layout keeps them. */
export function keptColumns(kept: unknown): readonly string[] {
  return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : [];
}

export function columnChoiceId(name: string): string {
  return `columns-${name}`;
}

export function ColumnChoice<Row>({
  name,
  columns,
}: {
  readonly name: string;
  readonly columns: readonly ColDef<Row>[];
}) {
  const { t } = useLanguage();
  const hidden = keptColumns(useWindow((state) => state.settings.layout[`hidden.${name}`]));
  const pinned = keptColumns(useWindow((state) => state.settings.layout[`pinned.${name}`]));
  const keepLayout = useWindow((state) => state.keepLayout);
  const button = useRef<HTMLButtonElement>(null);
  const id = columnChoiceId(name);
  const shown = columns.filter(({ colId }) => colId !== undefined && !hidden.includes(colId));
  const change = (column: string, isShown: boolean): void => {
    keepLayout(`hidden.${name}`, isShown ? hidden.filter((one) => one !== column) : [...hidden, column]);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`lock-toggle ${hidden.length > 0 ? 'some-hidden' : ''}`}
        popoverTarget={id}
        title={t('columns.choose')}
      >
        {t('columns.title')} <span aria-hidden="true">▾</span>
      </button>
      <div
        id={id}
        popover="auto"
        className="column-choice"
        role="group"
        aria-label={t('columns.choose')}
        onToggle={({ currentTarget, newState }) => {
          if (newState !== 'open') return;
          const place = button.current?.getBoundingClientRect();
          if (place !== undefined) {
            currentTarget.style.top = `${place.bottom + 4}px`;
            currentTarget.style.right = `${document.documentElement.clientWidth - place.right}px`;
          }
          currentTarget.querySelector('input')?.focus();
        }}
      >
        {columns.map(({ colId, headerName }) => {
          if (colId === undefined) return null;
          const isShown = !hidden.includes(colId);
          const isPinned = pinned.includes(colId);
          const pinTitle = t(isPinned ? 'columns.unpin' : 'columns.pin', { column: headerName ?? colId });
          return (
            <div key={colId} className="column-line">
              <label>
                <input
                  type="checkbox"
                  checked={isShown}
                  disabled={isShown && shown.length === 1}
                  onChange={({ currentTarget }) => change(colId, currentTarget.checked)}
                />
                {headerName}
              </label>
              <button
                type="button"
                className="pin"
                aria-pressed={isPinned}
                aria-label={pinTitle}
                title={pinTitle}
                onClick={() =>
                  keepLayout(
                    `pinned.${name}`,
                    isPinned ? pinned.filter((one) => one !== colId) : [...pinned, colId],
                  )
                }
              >
                <span aria-hidden="true">⇤</span>
              </button>
            </div>
          );
        })}
        {hidden.length === 0 ? null : (
          <button type="button" className="link" onClick={() => keepLayout(`hidden.${name}`, [])}>
            {t('columns.all')}
          </button>
        )}
      </div>
    </>
  );
}
