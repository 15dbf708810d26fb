import type { FindingRow } from '../../preload/contract/shapes.ts';
import { kindSigns } from '../../parsers/domain/finding.ts';
import { useLanguage } from '../i18n/language.tsx';

type Kind = FindingRow['kind'];
type Severity = FindingRow['severity'];

/** A square with the kind's sign in the severity's colour. */
export function KindSign({ kind, severity }: { readonly kind: Kind; readonly severity: Severity }) {
  return (
    <span className={`kind-sign ${severity}`} aria-hidden="true">
      {kindSigns[kind]}
    </span>
  );
}

/** `≠ Contradiction · high` */
export function SeverityBadge({ kind, severity }: { readonly kind: Kind; readonly severity: Severity }) {
  const { t } = useLanguage();
  return (
    <span className={`severity-badge ${severity}`}>
      <span aria-hidden="true">{kindSigns[kind]} </span>
      {t(`kind.${kind}`)} · {t(`severity.${severity}`)}
    </span>
  );
}
