/** How far reading is: bytes, the member in work, what was found so far, Cancel. */
import { useLanguage } from '../i18n/language.tsx';
import { useBridge, useWindow } from '../state/window-store.ts';
import { sizeText } from './member-words.tsx';

export function ReadingStrip() {
  const { t, number, locale } = useLanguage();
  const bridge = useBridge();
  const bundle = useWindow((state) => state.bundle);
  if (bundle.phase !== 'reading' && bundle.phase !== 'opening') return null;
  const reading = bundle.phase === 'reading' ? bundle.reading : null;
  const share = reading === null || reading.total <= 0 ? 0 : Math.min(1, reading.bytes / reading.total);
  const found =
    reading === null
      ? ''
      : [
          t('reading.members', { count: reading.members, shown: number(reading.members) }),
          t('reading.lines', { count: reading.lines, shown: number(reading.lines) }),
          t('reading.records', { count: reading.records, shown: number(reading.records) }),
          t('reading.findings', { count: reading.findings, shown: number(reading.findings) }),
        ].join(' · ');
  return (
    <div className="reading" role="status" aria-label={t('reading.title', { name: bundle.name })}>
      <strong>
        {t(reading?.phase === 'checking' ? 'reading.checking' : 'reading.title', { name: bundle.name })}
      </strong>
      <progress max={1} value={share} aria-label={t('reading.progress')} />
      <span className="reading-bytes">
        {reading === null ? '' : `${sizeText(reading.bytes, locale)} / ${sizeText(reading.total, locale)}`}
      </span>
      <span className="reading-member path" title={reading?.member ?? ''}>
        {reading?.member ?? ''}
      </span>
      <span className="reading-found">{found}</span>
      <button
        type="button"
        className="button"
        onClick={() => {
          bridge.cancelReading().catch((error: unknown) => console.error(error));
        }}
      >
        {t('action.cancel')}
      </button>
    </div>
  );
}
