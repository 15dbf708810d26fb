import { useEffect, useSyncExternalStore } from 'react';
import type { Settings } from '../../preload/contract/window.ts';

export type ShownTheme = 'light' | 'dark' | 'contrast';

const darkQuery = '(prefers-color-scheme: dark)';
const contrastQuery = '(prefers-contrast: more)';

function subscribe(listener: () => void): () => void {
  const queries = [darkQuery, contrastQuery].map((query) => window.matchMedia(query));
  for (const query of queries) query.addEventListener('change', listener);
  return () => {
    for (const query of queries) query.removeEventListener('change', listener);
  };
}

function systemTheme(): ShownTheme {
  if (window.matchMedia(contrastQuery).matches) return 'contrast';
  return window.matchMedia(darkQuery).matches ? 'dark' : 'light';
}

/** The theme in force: `system` follows the machine. Sets it on the document, where the tokens hang. */
export function useTheme(theme: Settings['theme']): ShownTheme {
  const ofSystem = useSyncExternalStore(subscribe, systemTheme);
  const shown = theme === 'system' ? ofSystem : theme;
  useEffect(() => {
    document.documentElement.dataset['theme'] = shown;
  }, [shown]);
  return shown;
}
