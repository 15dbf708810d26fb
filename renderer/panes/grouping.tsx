/** Patch records under headings of devices or patches that fold. */
import type { CustomCellRendererProps } from 'ag-grid-react';
import { useCallback, useEffect, useMemo } from 'react';
import type { GroupRow, PatchRow, ViewGroup } from '../../preload/contract/shapes.ts';
import { Segments } from '../app/segments.tsx';
import { useLanguage } from '../i18n/language.tsx';
import type { Translate } from '../i18n/messages.ts';
import { toggledFold } from '../state/fold.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';

/** A row of the grid: a record, or the heading of those below it with nothing in its cells. */
export interface PatchGridRow extends PatchRow {
  readonly heading?: GroupRow;
}

export function isHeading(row: PatchGridRow): boolean {
  return row.heading !== undefined;
}

/** A heading as a row of the grid. */
export function headingRow(heading: GroupRow): PatchGridRow {
  const citation = { member: '', line: null, row: null, pointer: null, quote: '' };
  return {
    // Neither can be the id of a record: those name a member.
    id: `group ${heading.group}`,
    heading,
    system: 'kace-sma',
    device: null,
    deviceKey: '',
    patch: null,
    patchKey: '',
    kb: null,
    detectionStatus: null,
    detectionRaw: null,
    detectedAt: null,
    deploymentStatus: null,
    deploymentRaw: null,
    deployedAt: null,
    exitCode: null,
    exitCodeRaw: null,
    attempts: null,
    maxAttempts: null,
    maxAssumed: false,
    reboot: null,
    source: '',
    citation,
    marks: [],
  };
}

type By = 'none' | 'device' | 'patch';

function readBy(kept: unknown): By {
  return kept === 'device' || kept === 'patch' ? kept : 'none';
}

/** How the patch grid is grouped, and what folds a group. @param isOwn whether the grid shows all rows */
export function useGrouping(isOwn: boolean): {
  readonly group: ViewGroup | null;
  readonly fold: (key: string) => void;
} {
  const store = useWindowStore();
  const by = readBy(useWindow((state) => state.settings.layout['group.patches']));
  const folded = useWindow((state) => state.settings.layout['group.patches.folded']);
  const keepLayout = useWindow((state) => state.keepLayout);
  const group = useMemo<ViewGroup | null>(
    () => (!isOwn || by === 'none' ? null : { by, folded: readFold(folded) }),
    [isOwn, by, folded],
  );
  const fold = useCallback(
    (key: string) => {
      const now = readFold(store.getState().settings.layout['group.patches.folded']);
      keepLayout('group.patches.folded', toggledFold(now, key));
    },
    [store, keepLayout],
  );
  return { group, fold };
}

/** Groups are open at first: what is wrong in them is seen. */
function readFold(kept: unknown): ViewGroup['folded'] {
  if (typeof kept !== 'object' || kept === null) return { all: false, except: [] };
  const { all, except } = kept as Partial<Record<'all' | 'except', unknown>>;
  return {
    all: all === true,
    except: Array.isArray(except) ? except.filter((one): one is string => typeof one === 'string') : [],
  };
}

export function GroupChoice() {
  const { t } = useLanguage();
  const by = readBy(useWindow((state) => state.settings.layout['group.patches']));
  const keepLayout = useWindow((state) => state.keepLayout);
  // Another bundle has other devices: which of them were folded is forgotten with this one.
  useEffect(() => () => keepLayout('group.patches.folded', null), [keepLayout]);
  return (
    <Segments
      label={t('group.title')}
      value={by}
      choices={(['none', 'device', 'patch'] as const).map((value) => ({ value, label: t(`group.${value}`) }))}
      onChange={(value) => {
        keepLayout('group.patches', value);
        keepLayout('group.patches.folded', null);
      }}
    />
  );
}

export function headingText({ name, records }: GroupRow, t: Translate): string {
  const shown = String(records);
  return `${name === '' ? t('group.unknown') : name} (${t('group.rows', { count: records, shown })})`;
}

/** A heading over the whole width of the grid; a press folds what is below it. */
export function HeadingRow({ data }: CustomCellRendererProps<PatchGridRow>) {
  const { t, number } = useLanguage();
  const store = useWindowStore();
  const heading = data?.heading;
  if (heading === undefined) return null;
  const { group, name, records, failed, contradictions, worst, isOpen } = heading;
  return (
    <div
      className="group-heading"
      aria-expanded={isOpen}
      role="gridcell"
      aria-label={[
        headingText(heading, t),
        contradictions > 0 ? t('rail.contradictions', { count: contradictions }) : '',
      ]
        .filter((part) => part !== '')
        .join(' · ')}
      onClick={() => {
        const { settings, keepLayout } = store.getState();
        const now = readFold(settings.layout['group.patches.folded']);
        keepLayout('group.patches.folded', toggledFold(now, group));
      }}
    >
      <i aria-hidden="true">{isOpen ? '▾' : '▸'}</i>
      <b>{name === '' ? t('group.unknown') : name}</b>
      <small>{t('group.rows', { count: records, shown: number(records) })}</small>
      {failed > 0 ? (
        <small className="bad">! {t('group.failed', { count: failed, shown: number(failed) })}</small>
      ) : null}
      {contradictions > 0 ? (
        <em className={worst ?? ''} title={t('rail.contradictions', { count: contradictions })}>
          ≠{number(contradictions)}
        </em>
      ) : null}
    </div>
  );
}
