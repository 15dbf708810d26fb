import type { FindingRow } from '../../preload/contract/shapes.ts';
import { useLanguage } from '../i18n/language.tsx';

type Kind = FindingRow['kind'];
type Severity = FindingRow['severity'];

/** The sign of a kind of finding: a second cue beside the colour of its severity. */
export function kindGlyph(kind: Kind): string {
  switch (kind) {
    case 'contradiction':
      return '≠';
    case 'fault':
      return '!';
    case 'gap':
      return '?';
    case 'note':
      return 'i';
  }
}

/** A square with the kind's sign in the severity's colour. */
export function KindSign({ kind, severity }: { readonly kind: Kind; readonly severity: Severity }) {
  return (
    <span className={`kind-sign ${severity}`} aria-hidden="true">
      {kindGlyph(kind)}
    </span>
  );
}

/** `≠ Contradiction · high` */
export function SeverityBadge({ kind, severity }: { readonly kind: Kind; readonly severity: Severity }) {
  const { t } = useLanguage();
  return (
    <span className={`severity-badge ${severity}`}>
      <span aria-hidden="true">{kindGlyph(kind)} </span>
      {t(`kind.${kind}`)} · {t(`severity.${severity}`)}
    </span>
  );
}
