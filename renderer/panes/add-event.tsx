/** Adds an event by hand: a moment, its zone and what happened. */
import { useId, useState } from 'react';
import { Modal, headingOf } from '../app/modal.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { useFocus } from '../state/focus.tsx';
import { useWindow } from '../state/window-store.ts';
import { offsetText } from '../time/offset-text.ts';

/** Whole and half hours of UTC-12 to UTC+14, and the quarters that are in use. */
const offsets = [
  ...Array.from({ length: 27 }, (_, index) => (index - 12) * 60),
  -570,
  -210,
  210,
  270,
  330,
  345,
  390,
  525,
  570,
  630,
  765,
].sort((a, b) => a - b);

export function AddEvent() {
  const { t } = useLanguage();
  const open = useWindow((state) => state.open);
  const annotate = useWindow((state) => state.annotate);
  const jump = useWindow((state) => state.jump);
  const sayDone = useWindow((state) => state.sayDone);
  const { anchor } = useFocus();
  const at = anchor === null || anchor.at === 'never' ? null : anchor.at;
  const [local, setLocal] = useState(at === null ? '' : new Date(at.local).toISOString().slice(0, 19));
  const [offset, setOffset] = useState(typeof at?.offset === 'number' ? offsetText(at.offset) : '');
  const [note, setNote] = useState('');
  const ids = { local: useId(), offset: useId(), note: useId() };
  // The control leaves the seconds out where they are zero.
  const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/u.test(local) ? `${local}:00` : local;
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/u.test(whole) && note.trim() !== '';
  return (
    <Modal label={t('command.add-event')} className="zone-dialog event-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWhole) return;
          const moment = { local: whole, offset: offset === '' ? null : offset };
          open('none');
          annotate({ on: 'moment', ...moment }, { note: note.trim() }, '');
          jump({ on: 'moment', ...moment }, 'log');
          sayDone(t('event.done'));
        }}
      >
        <h2>{headingOf(t('command.add-event'))}</h2>
        <p className="hint">{t('event.about')}</p>
        <label htmlFor={ids.local}>{t('event.time')}</label>
        <input
          id={ids.local}
          type="datetime-local"
          step={1}
          autoFocus
          required
          value={local}
          onChange={({ currentTarget }) => setLocal(currentTarget.value)}
        />
        <label htmlFor={ids.offset}>{t('event.zone')}</label>
        <select
          id={ids.offset}
          value={offset}
          onChange={({ currentTarget }) => setOffset(currentTarget.value)}
        >
          <option value="">{t('event.zone-unknown')}</option>
          {offsets.map((minutes) => (
            <option key={minutes} value={offsetText(minutes)}>
              UTC{offsetText(minutes)}
            </option>
          ))}
        </select>
        <label htmlFor={ids.note}>{t('event.what')}</label>
        <textarea
          id={ids.note}
          className="note"
          required
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <div className="button-row">
          <button type="submit" className="button primary" disabled={!isWhole}>
            {t('event.add')}
          </button>
          <button type="button" className="button" onClick={() => open('none')}>
            {t('action.cancel')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
