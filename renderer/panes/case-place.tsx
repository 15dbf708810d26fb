/** What the analyst added: notes, bookmarks, what is muted, and the log of the case. */
import { useLanguage } from '../i18n/language.tsx';
import { useAnnotations, useBookmarks, useMutes } from '../state/case-content.ts';
import { useWindow } from '../state/window-store.ts';
import type { CaseTab } from '../state/window-store.ts';
import { BookmarksList } from './bookmarks-list.tsx';
import { CustodyList } from './custody-list.tsx';
import { MutedList } from './muted-list.tsx';
import { NotesList } from './notes-list.tsx';
import { Tabs } from './tabs.tsx';

const tabs: readonly CaseTab[] = ['notes', 'bookmarks', 'muted', 'custody'];

export function CasePlace() {
  const { t, number } = useLanguage();
  const tab = useWindow((state) => state.caseTab);
  const showCase = useWindow((state) => state.showCase);
  const counts: Partial<Record<CaseTab, number>> = {
    notes: useAnnotations().length,
    bookmarks: useBookmarks().length,
    muted: useMutes().length,
  };
  return (
    <section className="pane case-place" aria-label={t('region.case')}>
      <Tabs
        label={t('region.case')}
        value={tab}
        choices={tabs.map((value) => ({
          value,
          label: t(`case-tab.${value}`),
          count: counts[value] === undefined || counts[value] === 0 ? null : number(counts[value]),
        }))}
        onChange={showCase}
      >
        <List tab={tab} />
      </Tabs>
    </section>
  );
}

function List({ tab }: { readonly tab: CaseTab }) {
  switch (tab) {
    case 'notes':
      return <NotesList />;
    case 'bookmarks':
      return <BookmarksList />;
    case 'muted':
      return <MutedList />;
    case 'custody':
      return <CustodyList />;
  }
}
