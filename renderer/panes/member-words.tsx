/** How a member is spoken of: its state, why it is in it, how large it is. */
import type { MemberRow } from '../../preload/contract/shapes.ts';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';

const stateSigns: Readonly<Record<MemberRow['state'], { readonly sign: string; readonly tone: string }>> = {
  parsed: { sign: '✓', tone: 'ok' },
  text: { sign: '≡', tone: 'na' },
  image: { sign: '▣', tone: 'na' },
  opaque: { sign: '?', tone: 'na' },
  damaged: { sign: '✗', tone: 'no' },
  refused: { sign: '!', tone: 're' },
  encrypted: { sign: '*', tone: 're' },
};

export function MemberState({ member }: { readonly member: MemberRow }) {
  const { t } = useLanguage();
  const { sign, tone } = stateSigns[member.state];
  return (
    <span className={`status ${tone}`}>
      <i aria-hidden="true">{sign}</i>
      {t(`member-state.${member.state}`)}
    </span>
  );
}

/** A reason code in words; limits carry their name after a colon. */
export function reasonText(t: Translate, reason: string): string {
  return wordCode(t, 'member-reason', reason.split(':')[0] ?? reason, reason);
}

/** `1.2 MB`; bytes below a thousand are counted out. */
export function sizeText(bytes: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toLocaleString(locale, { maximumFractionDigits: unit === 0 || value >= 100 ? 0 : 1 })} ${units[unit] ?? ''}`;
}
