import type { ReactNode } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { chipsOf, noFilter } from '../state/filters.ts';
import type { Pane as PaneName } from '../state/selection.ts';
import { useWindow } from '../state/window-store.ts';

export interface PaneProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly tools?: ReactNode;
  readonly lock?: PaneName;
  readonly className?: string;
  /** Gets the head line's element once there is one. */
  readonly onHead?: (head: HTMLElement | null) => void;
  readonly children: ReactNode;
}

/** A named region with a head line. */
export function Pane({ title, about, tools, lock, className, onHead, children }: PaneProps) {
  return (
    <section className={`pane ${className ?? ''}`} aria-label={title}>
      <div className="pane-head" ref={onHead}>
        <h2>{title}</h2>
        {about}
        <span className="pane-tools">
          {tools}
          {lock === undefined ? null : <LockToggle pane={lock} isShort={lock === 'attempts'} />}
        </span>
      </div>
      {children}
    </section>
  );
}

/** Whether the pane follows the selection. */
export function LockToggle({
  pane,
  isShort = false,
}: {
  readonly pane: PaneName;
  readonly isShort?: boolean;
}) {
  const { t } = useLanguage();
  const isLocked = useWindow((state) => state.locks[pane]);
  const toggle = useWindow((state) => state.toggleLock);
  return (
    <button
      type="button"
      className="lock-toggle"
      aria-pressed={!isLocked}
      aria-label={t('pane.follows')}
      title={t(isLocked ? 'pane.locked-title' : 'pane.follows-title')}
      onClick={() => toggle(pane)}
    >
      <span aria-hidden="true">{isLocked ? '⊘' : '⇄'}</span>
      {isShort ? null : ` ${t(isLocked ? 'pane.locked' : 'pane.follows')}`}
    </button>
  );
}

/** What stands in a pane that has nothing to show, and why. */
/** Nothing to show: by the filter, which can be cleared here, or because the bundle holds nothing of the kind. */
export function NothingShown({ byFilter, without }: { readonly byFilter: string; readonly without: string }) {
  const { t } = useLanguage();
  const isFiltered = useWindow(({ filters }) => chipsOf(filters.present).length > 0);
  const filter = useWindow((state) => state.filter);
  if (!isFiltered) return <Empty>{without}</Empty>;
  return (
    <Empty>
      <div className="empty-by-filter">
        <p>{byFilter}</p>
        <button type="button" className="button" onClick={() => filter(noFilter)}>
          {t('command.clear-filter')}
        </button>
      </div>
    </Empty>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <div className="empty">{children}</div>;
}
