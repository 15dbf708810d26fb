/** The bundle is not the one that a case was made for: what differs, and the notes of that case, readable all the same. */
import { Modal } from '../app/modal.tsx';
import { useLanguage } from '../i18n/language.tsx';
import type { TextKey } from '../i18n/messages.ts';
import { useWindow } from '../state/window-store.ts';
import { NoteRow } from './notes-list.tsx';

/** Members that are named of each kind; the rest is counted. */
const namedAtMost = 200;

export function ChangedBundle() {
  const { t, number } = useLanguage();
  const open = useWindow((state) => state.open);
  const earlier = useWindow((state) => state.case?.earlier ?? null);
  const takeOver = useWindow((state) => state.takeOver);
  const sayDone = useWindow((state) => state.sayDone);
  if (earlier === null) return null;
  const { difference, content } = earlier;
  const parts: readonly (readonly [TextKey, readonly string[]])[] =
    difference === null
      ? []
      : [
          ['changed-bundle.changed', difference.changed],
          ['changed-bundle.added', difference.added],
          ['changed-bundle.removed', difference.removed],
        ];
  return (
    <Modal label={t('changed-bundle.title')} className="changed-bundle">
      <h2>{t('changed-bundle.title')}</h2>
      <p>{t('changed-bundle.about', { case: earlier.caseName, bundle: earlier.bundleName })}</p>
      {difference === null ? <p className="hint">{t('changed-bundle.unknown')}</p> : null}
      <div className="changed-scroll" tabIndex={0} role="group" aria-label={t('changed-bundle.what')}>
        {parts.map(([key, members]) =>
          members.length === 0 ? null : (
            <section key={key}>
              <h3>
                {t(key)} <small>{number(members.length)}</small>
              </h3>
              <ul className="changed-members">
                {members.slice(0, namedAtMost).map((member) => (
                  <li key={member} className="path">
                    {member}
                  </li>
                ))}
              </ul>
              {members.length > namedAtMost ? (
                <p className="hint">{t('changed-bundle.more', { count: members.length - namedAtMost })}</p>
              ) : null}
            </section>
          ),
        )}
        <section>
          <h3>
            {t('changed-bundle.notes')} <small>{number(content.annotations.length)}</small>
          </h3>
          <ul className="case-list" aria-label={t('changed-bundle.notes')}>
            {content.annotations.map((annotation) => (
              <NoteRow key={annotation.id} annotation={annotation} isLocked isPlain />
            ))}
          </ul>
        </section>
      </div>
      <div className="button-row">
        <button
          type="button"
          className="button primary"
          autoFocus
          onClick={() => {
            open('none');
            takeOver(content);
            sayDone(t('changed-bundle.taken'));
          }}
        >
          {t('changed-bundle.take')}
        </button>
        <button type="button" className="button" onClick={() => open('none')}>
          {t('action.close')}
        </button>
      </div>
    </Modal>
  );
}
