import { createContext, useContext, useEffect, useMemo } from 'react';
import type { ReactNode } from 'react';
import type { Locale } from '../../preload/contract/shapes.ts';
import { translator } from './messages.ts';
import type { Translate } from './messages.ts';

export interface Language {
  readonly locale: Locale;
  readonly t: Translate;
  /** Whole numbers with the language's grouping. */
  readonly number: (value: number) => string;
}

const LanguageContext = createContext<Language | null>(null);

/** Words everything below it in one language; changing `locale` rewords the window in place. */
export function LanguageProvider({
  locale,
  children,
}: {
  readonly locale: Locale;
  readonly children: ReactNode;
}) {
  const language = useMemo<Language>(() => {
    const format = new Intl.NumberFormat(locale);
    return { locale, t: translator(locale), number: (value) => format.format(value) };
  }, [locale]);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

export function useLanguage(): Language {
  const language = useContext(LanguageContext);
  if (language === null) throw new Error('useLanguage outside of LanguageProvider');
  return language;
}
