/** Places to come back to. */
import type { Bookmark } from '../../preload/contract/window.ts';
import { useLanguage } from '../i18n/language.tsx';
import { bookmarkKey } from '../state/bookmarks.ts';
import { useBookmarks } from '../state/case-content.ts';
import { useWindow } from '../state/window-store.ts';
import { placeText } from './citation.tsx';
import { useGoToTarget } from './go-to-target.ts';
import { Empty } from './pane.tsx';

export function BookmarksList() {
  const { t } = useLanguage();
  const bookmarks = useBookmarks();
  if (bookmarks.length === 0) return <Empty>{t('bookmarks.none')}</Empty>;
  return (
    <ul className="case-list" aria-label={t('case-tab.bookmarks')}>
      {bookmarks.map((bookmark) => (
        <BookmarkRow key={bookmarkKey(bookmark)} bookmark={bookmark} />
      ))}
    </ul>
  );
}

function BookmarkRow({ bookmark }: { readonly bookmark: Bookmark }) {
  const { t } = useLanguage();
  const goTo = useGoToTarget();
  const isOpen = useWindow((state) => state.case !== null);
  const toggle = useWindow((state) => state.toggleBookmark);
  const label = useWindow((state) => state.labelBookmark);
  const sayDone = useWindow((state) => state.sayDone);
  const { member, line, row, pointer } = bookmark;
  const place = placeText({ ...bookmark, quote: '' }, false);
  return (
    <li className="case-row">
      <span className="verdict-sign" aria-hidden="true">
        ⚑
      </span>
      <div className="case-row-main">
        <button
          type="button"
          className="case-row-open path"
          onClick={() =>
            goTo(
              row === null && pointer === null && line !== null
                ? { on: 'line', member, line }
                : { on: 'record', member, line, row, pointer },
            )
          }
        >
          {place}
        </button>
        <input
          className="bookmark-label"
          aria-label={t('bookmarks.label', { place })}
          placeholder={t('bookmarks.placeholder')}
          defaultValue={bookmark.label}
          disabled={!isOpen}
          onBlur={({ currentTarget }) => label(bookmark, currentTarget.value.trim())}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) event.currentTarget.blur();
          }}
        />
      </div>
      <button
        type="button"
        className="quiet"
        disabled={!isOpen}
        aria-label={t('bookmarks.remove-named', { place })}
        onClick={() => {
          toggle(bookmark, '');
          sayDone(t('bookmarks.removed'));
        }}
      >
        {t('action.remove')}
      </button>
    </li>
  );
}
