/** The palette, the list of shortcuts, the choice of a zone, the password. */
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { zoneOffset } from '../time/show-moment.ts';
import { useBridge, useWindow, useWindowStore } from '../state/window-store.ts';
import { AddEvent } from '../panes/add-event.tsx';
import { KeptData } from '../panes/kept-data.tsx';
import { ChangedBundle } from '../panes/changed-bundle.tsx';
import { chordText } from './commands.ts';
import { LimitsDialog } from './limits-dialog.tsx';
import type { Command } from './commands.ts';
import { ExportDialog } from './export-dialog.tsx';
import { Modal } from './modal.tsx';
import { RedactionDialog } from './redaction-dialog.tsx';
import { ReportDialog } from './report-dialog.tsx';

export function Overlays({ commands }: { readonly commands: readonly Command[] }) {
  const overlay = useWindow((state) => state.overlay);
  switch (overlay) {
    case 'palette':
      return <Palette commands={commands} />;
    case 'shortcuts':
      return <Shortcuts commands={commands} />;
    case 'limits':
      return <LimitsDialog />;
    case 'kept-data':
      return <KeptData />;
    case 'licences':
      return <Licences />;
    case 'zone':
      return <ZoneDialog purpose="show" />;
    case 'assume-zone':
      return <ZoneDialog purpose="assume" />;
    case 'export':
      return <ExportDialog />;
    case 'redaction':
      return <RedactionDialog />;
    case 'password':
    case 'password-wrong':
      return <PasswordDialog isWrong={overlay === 'password-wrong'} />;
    case 'report':
      return <ReportDialog />;
    case 'add-event':
      return <AddEvent />;
    case 'changed-bundle':
      return <ChangedBundle />;
    case 'none':
    case 'search':
      return null;
  }
}

function Palette({ commands }: { readonly commands: readonly Command[] }) {
  const { t } = useLanguage();
  const { platform } = useBridge();
  const open = useWindow((state) => state.open);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const listId = useId();
  const list = useRef<HTMLUListElement>(null);
  const words = typed
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  const shown = commands.filter(
    ({ title, id, isEnabled }) =>
      isEnabled && id !== 'palette' && words.every((word) => `${title} ${id}`.toLowerCase().includes(word)),
  );
  const chosen = Math.min(at, shown.length - 1);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    open('none');
    // After the dialog has given the focus back, so that a command may move it.
    setTimeout(command.run, 0);
  };
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <Modal label={t('command.palette')} className="palette">
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={shown[chosen] === undefined ? undefined : `${listId}-${chosen}`}
        aria-label={t('command.palette')}
        placeholder={t('palette.placeholder')}
        value={typed}
        spellCheck={false}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          if (step !== 0 && shown.length > 0) {
            event.preventDefault();
            setAt((chosen + step + shown.length) % shown.length);
          } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
            event.preventDefault();
            run(shown[chosen]);
          }
        }}
      />
      <ul id={listId} ref={list} role="listbox" aria-label={t('command.palette')}>
        {shown.map((command, index) => (
          <li
            key={command.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onPointerMove={() => setAt(index)}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            {command.keys[0] === undefined ? null : <kbd>{chordText(command.keys[0], platform)}</kbd>}
          </li>
        ))}
      </ul>
      {shown.length === 0 ? <p className="hint">{t('palette.none')}</p> : null}
    </Modal>
  );
}

function Shortcuts({ commands }: { readonly commands: readonly Command[] }) {
  const { t } = useLanguage();
  const { platform } = useBridge();
  const open = useWindow((state) => state.open);
  const inGrids: readonly (readonly [string, string])[] = [
    ['↑ ↓ PageUp PageDown', t('shortcut.rows')],
    ['Home End', t('shortcut.ends')],
    ['Ctrl+Home Ctrl+End', t('shortcut.corners')],
    ['Shift+↑ Shift+↓ Ctrl+Shift+End Ctrl+A', t('shortcut.mark-rows')],
    ['Ctrl+C', t('command.copy-text')],
    ['Enter', t('shortcut.open-line')],
    ['Tab', t('shortcut.panes')],
    ['Esc', t('shortcut.close')],
  ];
  return (
    <Modal label={t('command.shortcuts')} className="shortcuts">
      <h2>{t('command.shortcuts')}</h2>
      <dl>
        {commands
          .filter(({ keys }) => keys.length > 0)
          .map(({ id, title, keys }) => (
            <div key={id}>
              <dt>{title}</dt>
              <dd>
                {keys.map((key) => (
                  <kbd key={key}>{chordText(key, platform)}</kbd>
                ))}
              </dd>
            </div>
          ))}
        {inGrids.map(([keys, title]) => (
          <div key={keys}>
            <dt>{title}</dt>
            <dd>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{chordText(key, platform)}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <button type="button" className="button" autoFocus onClick={() => open('none')}>
        {t('action.close')}
      </button>
    </Modal>
  );
}

/** What the application carries, and under which licences: plain text, as its makers wrote it. */
function Licences() {
  const { t } = useLanguage();
  const bridge = useBridge();
  const open = useWindow((state) => state.open);
  const [text, setText] = useState('');
  useEffect(() => {
    let isShown = true;
    bridge.licences().then(
      (all) => {
        if (isShown) setText(all);
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        if (isShown) setText(t('licences.unreadable', { reason }));
      },
    );
    return () => {
      isShown = false;
    };
  }, [bridge, t]);
  return (
    <Modal label={t('command.licences')} className="licences">
      <h2>{t('command.licences')}</h2>
      <p className="hint">{t('licences.about')}</p>
      <pre tabIndex={0} aria-label={t('command.licences')}>
        {text}
      </pre>
      <button type="button" className="button" autoFocus onClick={() => open('none')}>
        {t('action.close')}
      </button>
    </Modal>
  );
}

/** Chooses the zone in which times are shown, or the one that is assumed for times without any. */
function ZoneDialog({ purpose }: { readonly purpose: 'show' | 'assume' }) {
  const { t } = useLanguage();
  const open = useWindow((state) => state.open);
  const assumeZone = useWindow((state) => state.assumeZone);
  const changeSettings = useWindow((state) => state.changeSettings);
  const settings = useWindow((state) => state.settings);
  const openCase = useWindow((state) => state.case);
  const [typed, setTyped] = useState(
    purpose === 'show' ? settings.zone : (openCase?.content.zone ?? settings.zone),
  );
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')], []);
  const listId = useId();
  const isKnown = zoneOffset(Date.UTC(2024, 0, 1), typed) !== null;
  const apply = (zone: string | null): void => {
    open('none');
    if (purpose === 'show') {
      if (zone !== null) changeSettings({ zone, times: 'zone' });
      return;
    }
    assumeZone(zone);
  };
  const title = t(purpose === 'show' ? 'command.choose-zone' : 'command.assume-zone');
  return (
    <Modal label={title} className="zone-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isKnown) apply(typed);
        }}
      >
        <h2>{title}</h2>
        <p className="hint">{t(purpose === 'show' ? 'zone-dialog.show' : 'zone-dialog.assume')}</p>
        <input
          autoFocus
          list={listId}
          value={typed}
          aria-label={title}
          aria-invalid={!isKnown}
          spellCheck={false}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <datalist id={listId}>
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        {isKnown ? null : <p className="bad">{t('zone-dialog.unknown')}</p>}
        <div className="button-row">
          <button type="submit" className="button primary" disabled={!isKnown}>
            {t(purpose === 'show' ? 'zone-dialog.use' : 'zone-dialog.take')}
          </button>
          {purpose === 'assume' && (openCase?.content.zone ?? null) !== null ? (
            <button type="button" className="button" onClick={() => apply(null)}>
              {t('zone-dialog.withdraw')}
            </button>
          ) : null}
          <button type="button" className="button" onClick={() => open('none')}>
            {t('action.cancel')}
          </button>
        </div>
      </form>
    </Modal>
  );
}

function PasswordDialog({ isWrong }: { readonly isWrong: boolean }) {
  const { t } = useLanguage();
  const bridge = useBridge();
  const store = useWindowStore();
  const answer = (password: string | null): void => {
    const isRead = store.getState().bundle.phase === 'ready';
    store.setState({ overlay: 'none' });
    // What is read already stays as it is.
    if (password === null && isRead) return;
    if (isRead) store.setState({ worker: { is: 'restarting' } });
    bridge.password(password).catch((error: unknown) => store.getState().say('bad', String(error)));
  };
  return (
    <Modal label={t('password.title')} className="zone-dialog" onClose={() => answer(null)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const typed = new FormData(event.currentTarget).get('password');
          answer(typeof typed === 'string' ? typed : '');
        }}
      >
        <h2>{t('password.title')}</h2>
        <p className={isWrong ? 'bad' : 'hint'}>{t(isWrong ? 'password.wrong' : 'password.why')}</p>
        <input
          autoFocus
          name="password"
          type="password"
          aria-label={t('password.title')}
          autoComplete="off"
        />
        <div className="button-row">
          <button type="submit" className="button primary">
            {t('password.open')}
          </button>
          <button type="button" className="button" onClick={() => answer(null)}>
            {t('action.cancel')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
