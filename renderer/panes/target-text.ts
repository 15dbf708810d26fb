import { placeOfTarget } from '../../parsers/domain/annotation.ts';
import type { AnnotationTarget } from '../../parsers/domain/annotation.ts';
import { isTextKey } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';

/** Where a note is attached, in short: `konea.log:12-15`, `2024-05-10 09:12:00 +09:00`, a column with its row. */
export function targetText(t: Translate, target: AnnotationTarget): string {
  switch (target.on) {
    case 'finding':
      return target.finding;
    case 'moment':
      return `${target.local.replace('T', ' ')} ${target.offset ?? t('event.zone-unknown')}`;
    case 'cell':
      return `${placeOfTarget(target) ?? ''} · ${columnText(t, target.column)}`;
    case 'record':
    case 'line':
    case 'lines':
    case 'member':
      return placeOfTarget(target) ?? '';
  }
}

/** The heading of a column of the patch grid. */
export function columnText(t: Translate, column: string): string {
  const key = `cell-note.${column}`;
  return isTextKey(key) ? t(key) : column;
}

/** `2024-06-11 09:41`, of what the case holds. */
export function stampText(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
