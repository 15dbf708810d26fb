/** Splitters whose sizes are remembered. */
import type { ReactNode } from 'react';
import { Group, Separator } from 'react-resizable-panels';
import { useLanguage } from '../i18n/language.tsx';
import { useWindow, useWindowStore } from '../state/window-store.ts';

export interface SplitProps {
  /** Name under which the sizes are kept. */
  readonly name: string;
  readonly orientation: 'horizontal' | 'vertical';
  readonly children: ReactNode;
}

export function Split({ name, orientation, children }: SplitProps) {
  const store = useWindowStore();
  const keepLayout = useWindow((state) => state.keepLayout);
  const kept = readSizes(store.getState().settings.layout[`split.${name}`]);
  return (
    <Group
      id={name}
      orientation={orientation}
      className="split"
      {...(kept === null ? {} : { defaultLayout: kept })}
      onLayoutChanged={(sizes, { isUserInteraction }) => {
        if (isUserInteraction) keepLayout(`split.${name}`, sizes);
      }}
    >
      {children}
    </Group>
  );
}

/** The border between two panels; `orientation` is the border's own. */
export function Divider({ orientation }: { readonly orientation: 'horizontal' | 'vertical' }) {
  const { t } = useLanguage();
  return <Separator className={`divider ${orientation}`} aria-label={t('pane.resize')} />;
}

function readSizes(kept: unknown): Record<string, number> | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const sizes = Object.entries(kept).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return sizes.length === 0 ? null : Object.fromEntries(sizes);
}
