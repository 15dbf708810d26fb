import type { Translate } from '../i18n/messages.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A distance in time in its two largest units: `340 ms`, `14 s`, `2 min 03 s`, `3 h 12 min`, `4 d 02 h`. */
export function spanText(t: Translate, milliseconds: number): string {
  const span = Math.abs(milliseconds);
  if (span < second) return t('span.ms', { ms: Math.round(span) });
  if (span < minute) return t('span.s', { s: Math.round(span / second) });
  if (span < hour) {
    const seconds = Math.round(span / second);
    return pair(t('span.min', { min: Math.floor(seconds / 60) }), seconds % 60, (s) =>
      t('span.s-rest', { s }),
    );
  }
  if (span < day) {
    const minutes = Math.round(span / minute);
    return pair(t('span.h', { h: Math.floor(minutes / 60) }), minutes % 60, (min) =>
      t('span.min-rest', { min }),
    );
  }
  const hours = Math.round(span / hour);
  return pair(t('span.d', { d: Math.floor(hours / 24) }), hours % 24, (h) => t('span.h-rest', { h }));
}

function pair(large: string, rest: number, small: (rest: string) => string): string {
  return rest === 0 ? large : `${large} ${small(String(rest).padStart(2, '0'))}`;
}
