import { useLanguage } from '../i18n/language.tsx';
import { chipKey, chipsOf, withoutChip } from '../state/filters.ts';
import type { Chip } from '../state/filters.ts';
import { useOverview } from '../state/overview.tsx';
import { useWindow } from '../state/window-store.ts';
import { usePlacementOffset } from '../state/placement-offset.ts';
import { scaleText } from '../time/show-moment.ts';
import { valueText } from '../grids/value-words.ts';
import { baseName } from './citation.tsx';

/** The filter in force as chips, each with a button that takes it away. */
export function Chips({
  parts,
  tone,
}: {
  readonly parts?: readonly Chip['part'][];
  readonly tone?: 'of-pane';
}) {
  const { t } = useLanguage();
  const filter = useWindow((state) => state.filters.present);
  const setFilter = useWindow((state) => state.filter);
  const text = useChipText();
  const chips = chipsOf(filter).filter((chip) => parts === undefined || parts.includes(chip.part));
  return chips.map((chip) => {
    const label = text(chip);
    return (
      <span key={chipKey(chip)} className={`chip ${tone ?? ''}`}>
        <span title={label}>{label}</span>
        <button
          type="button"
          aria-label={t('filter.remove', { filter: label })}
          title={t('filter.remove', { filter: label })}
          onClick={() => setFilter(withoutChip(filter, chip))}
        >
          ×
        </button>
      </span>
    );
  });
}

function useChipText(): (chip: Chip) => string {
  const { t } = useLanguage();
  const overview = useOverview();
  const settings = useWindow((state) => state.settings);
  const placementOffset = usePlacementOffset();
  return (chip) => {
    if ('values' in chip) {
      const { part, values } = chip;
      const told = values.slice(0, 4).map((value) => valueText(t, part, value));
      const more = values.length - told.length;
      const list = told.join(t('filter.and-or')) + (more === 0 ? '' : t('filter.more', { more }));
      return t(`filter.${part}`, { value: list });
    }
    switch (chip.part) {
      case 'devices': {
        const name = overview?.devices.find(({ key }) => key === chip.value)?.name ?? chip.value;
        return t('filter.devices', { value: name });
      }
      case 'patches':
        return t('filter.patches', { value: chip.value });
      case 'systems':
        return t('filter.systems', { value: chip.value });
      case 'members':
        return t('filter.members', { value: baseName(chip.value) });
      case 'levels':
        return t('filter.levels', { value: chip.value });
      case 'rules': {
        const title = overview?.groups.find(({ rule }) => rule === chip.value)?.title ?? chip.value;
        return t('filter.rules', { value: title });
      }
      case 'time': {
        const setting = { mode: settings.times, zone: settings.zone, placementOffset };
        const isShort = chip.to - chip.from < 600_000;
        const precision = isShort ? 'second' : 'minute';
        return `${scaleText(chip.from, setting, precision)} … ${scaleText(chip.to, setting, precision)}`;
      }
      case 'text':
        return chip.regex ? `/${chip.expression}/` : t('filter.text', { value: chip.expression });
      case 'onlyFindings':
        return t('filter.only-findings');
    }
  };
}
