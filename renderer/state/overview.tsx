import { createContext, useContext } from 'react';
import type { ReactNode } from 'react';
import type { Overview } from '../../preload/contract/shapes.ts';
import { useAnswer } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { useWindow } from './window-store.ts';

const OverviewContext = createContext<Overview | null>(null);

/** What triage and the head line show, asked for once. */
export function OverviewProvider({ children }: { readonly children: ReactNode }) {
  const { locale } = useLanguage();
  const revision = useWindow((state) => state.revision);
  const hasBundle = useWindow((state) => state.bundle.phase === 'reading' || state.bundle.phase === 'ready');
  const answer = useAnswer('overview', hasBundle ? { locale } : null, revision);
  return <OverviewContext value={hasBundle ? answer.last : null}>{children}</OverviewContext>;
}

/** Null until something is known of the bundle. */
export function useOverview(): Overview | null {
  return useContext(OverviewContext);
}
