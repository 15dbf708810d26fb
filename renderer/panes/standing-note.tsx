import { useLanguage } from '../i18n/language.tsx';
import type { RowPlace } from '../state/follow.ts';
import { spanText } from '../time/span-text.ts';

/** How the row that is shown as chosen stands to what was chosen in another pane. */
export function StandingNote({ place, hidden }: { readonly place: RowPlace; readonly hidden: string }) {
  const { t } = useLanguage();
  const { standing, isHidden, id } = place;
  if (isHidden && id !== null) return <span className="place-note">{hidden}</span>;
  switch (standing.is) {
    case 'nothing':
    case 'exact':
      return null;
    case 'near': {
      const span = spanText(t, standing.distance);
      const text = t(standing.distance < 0 ? 'standing.before' : 'standing.after', { span });
      return (
        <span className="nearness" role="status" title={text}>
          {text}
        </span>
      );
    }
    case 'undecidable':
      return (
        <span className="nearness" role="status" title={t('standing.undecidable')}>
          {t('standing.undecidable')}
        </span>
      );
  }
}
