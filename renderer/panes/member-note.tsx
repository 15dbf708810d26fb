/** What the analyst writes to a file as a whole. */
import { useLanguage } from '../i18n/language.tsx';
import { noteIndex, useAnnotations } from '../state/case-content.ts';
import { AnnotationEditor } from './annotation-editor.tsx';

export function MemberNoteToggle({
  member,
  isOpen,
  onToggle,
}: {
  readonly member: string;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}) {
  const { t } = useLanguage();
  const count = noteIndex(useAnnotations()).ofMember.get(member)?.length ?? 0;
  return (
    <button type="button" className="button member-note-toggle" aria-expanded={isOpen} onClick={onToggle}>
      <span aria-hidden="true">✎ </span>
      {t(count > 0 ? 'member-note.there' : 'member-note.write')}
    </button>
  );
}

export function MemberNote({ member }: { readonly member: string }) {
  const { t } = useLanguage();
  return (
    <section className="member-note" aria-label={t('member-note.title')}>
      <AnnotationEditor key={member} target={{ on: 'member', member }} quote={member} />
    </section>
  );
}
