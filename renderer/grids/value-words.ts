/** The values of set filters in words, as the cells show them. Pure. */
import { formatCode } from '../../parsers/domain/numbers.ts';
import type { ValuePart } from '../../preload/contract/shapes.ts';
import type { Translate } from '../i18n/messages.ts';
import { wordCode } from '../i18n/messages.ts';

export type SetFilterPart = ValuePart | 'levels';

/** An empty value stands for rows that tell nothing there. */
export function valueText(t: Translate, part: SetFilterPart, value: string): string {
  if (value === '') return t('set-filter.untold');
  switch (part) {
    case 'detections':
    case 'deployments':
    case 'results':
    case 'outcomes':
      return wordCode(t, 'status', value, value);
    case 'exitCodes':
      return formatCode(Number(value));
    case 'operations':
      return wordCode(t, 'run-operation', value, value);
    case 'severities':
      return wordCode(t, 'severity', value, value);
    case 'kinds':
      return wordCode(t, 'kind', value, value);
    case 'levels':
      return wordCode(t, 'level', value, value);
  }
}

/**
 * What stays chosen when a value of a list is chosen or no longer is.
 *
 * @param chosen undefined: all of them
 * @param listed every value of the list
 * @returns undefined when nothing is left out; null when nothing would be left
 */
export function toggledValue(
  chosen: readonly string[] | undefined,
  listed: readonly string[],
  value: string,
): readonly string[] | undefined | null {
  const before = chosen ?? listed;
  const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  if (after.length === 0) return null;
  return listed.every((one) => after.includes(one)) ? undefined : listed.filter((one) => after.includes(one));
}
