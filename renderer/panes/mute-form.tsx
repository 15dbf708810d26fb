/** Sets a finding or a rule aside for this case, with a reason; and takes that back. */
import { useId, useState } from 'react';
import { muteOf } from '../../parsers/domain/mute.ts';
import type { Mute, MuteSubject } from '../../parsers/domain/mute.ts';
import { Segments } from '../app/segments.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { useMutes } from '../state/case-content.ts';
import { useWindow } from '../state/window-store.ts';

/** For a finding: mute it or its rule, or how it is muted. */
export function MuteBox({ finding, rule }: { readonly finding: string; readonly rule: string }) {
  const { t } = useLanguage();
  const mutes = useMutes();
  const isOpen = useWindow((state) => state.case !== null);
  const [isAsking, setAsking] = useState(false);
  const mute = muteOf({ id: finding, rule }, mutes);
  if (mute !== null) return <MutedNotice mute={mute} />;
  if (!isAsking) {
    return (
      <button type="button" className="quiet" disabled={!isOpen} onClick={() => setAsking(true)}>
        {t('mute.open')}
      </button>
    );
  }
  const choices = [
    { on: { what: 'finding' as const, finding }, label: t('mute.this-finding') },
    { on: { what: 'rule' as const, rule }, label: t('mute.whole-rule') },
  ];
  return <MuteForm choices={choices} onClose={() => setAsking(false)} />;
}

/** For a rule of the workbench. */
export function MuteRule({ rule, title }: { readonly rule: string; readonly title: string }) {
  const { t } = useLanguage();
  const mutes = useMutes();
  const isOpen = useWindow((state) => state.case !== null);
  const [isAsking, setAsking] = useState(false);
  const mute = mutes.find(({ on }) => on.what === 'rule' && on.rule === rule);
  if (mute !== undefined) return <MutedNotice mute={mute} />;
  if (!isAsking) {
    return (
      <button
        type="button"
        className="quiet"
        disabled={!isOpen}
        aria-label={t('mute.rule-named', { rule: title })}
        onClick={() => setAsking(true)}
      >
        {t('mute.rule')}
      </button>
    );
  }
  const choices = [{ on: { what: 'rule' as const, rule }, label: t('mute.whole-rule') }];
  return <MuteForm choices={choices} onClose={() => setAsking(false)} />;
}

function MuteForm({
  choices,
  onClose,
}: {
  readonly choices: readonly { readonly on: MuteSubject; readonly label: string }[];
  readonly onClose: () => void;
}) {
  const { t } = useLanguage();
  const mute = useWindow((state) => state.mute);
  const sayDone = useWindow((state) => state.sayDone);
  const [what, setWhat] = useState<MuteSubject['what']>(choices[0]?.on.what ?? 'finding');
  const [reason, setReason] = useState('');
  const id = useId();
  const chosen = choices.find(({ on }) => on.what === what);
  return (
    <form
      className="mute-form"
      aria-label={t('mute.title')}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen === undefined || reason.trim() === '') return;
        mute(chosen.on, reason);
        onClose();
        sayDone(t('mute.done'));
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      {choices.length > 1 ? (
        <Segments
          label={t('mute.what')}
          value={what}
          choices={choices.map(({ on, label }) => ({ value: on.what, label }))}
          onChange={setWhat}
        />
      ) : null}
      <label htmlFor={id}>{t('mute.reason')}</label>
      <input
        id={id}
        autoFocus
        required
        value={reason}
        placeholder={t('mute.placeholder')}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <div className="button-row">
        <button type="submit" className="button primary" disabled={reason.trim() === ''}>
          {t('mute.do')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('action.cancel')}
        </button>
      </div>
    </form>
  );
}

function MutedNotice({ mute }: { readonly mute: Mute }) {
  const { t } = useLanguage();
  const unmute = useWindow((state) => state.unmute);
  const sayDone = useWindow((state) => state.sayDone);
  const isOpen = useWindow((state) => state.case !== null);
  return (
    <div className="muted-notice">
      <p>
        <strong>{t(mute.on.what === 'rule' ? 'mute.is-rule' : 'mute.is-finding')}</strong> {mute.reason}
        {mute.author === '' ? '' : ` — ${mute.author}`}
      </p>
      <button
        type="button"
        className="button"
        disabled={!isOpen}
        onClick={() => {
          unmute(mute.id);
          sayDone(t('mute.undone'));
        }}
      >
        {t('mute.undo')}
      </button>
    </div>
  );
}
