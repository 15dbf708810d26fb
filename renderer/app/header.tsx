import { useLanguage } from '../i18n/language.tsx';
import { useOverview } from '../state/overview.tsx';
import { useWindow } from '../state/window-store.ts';
import type { ShownTheme } from '../theme/theme.ts';
import { showMoment } from '../time/show-moment.ts';
import type { Command, CommandId } from './commands.ts';
import { Segments } from './segments.tsx';

export function Header({
  commands,
  theme,
}: {
  readonly commands: readonly Command[];
  readonly theme: ShownTheme;
}) {
  const { t, locale } = useLanguage();
  const bundle = useWindow((state) => state.bundle);
  const settings = useWindow((state) => state.settings);
  const changeSettings = useWindow((state) => state.changeSettings);
  const open = useWindow((state) => state.open);
  return (
    <header className="header">
      {bundle.phase === 'none' ? (
        <b className="bundle-name">Patchtrail</b>
      ) : (
        <BundleLine name={bundle.name} />
      )}
      <span className="header-space" />
      <CommandButton commands={commands} id="open" label={t('action.open')} />
      {bundle.phase === 'none' ? null : (
        <>
          <CommandButton commands={commands} id="export-pdf" label={t('action.export-pdf')} />
          <CommandButton commands={commands} id="export" label={t('action.export')} />
        </>
      )}
      <span className="zone-switch">
        <Segments
          label={t('times.title')}
          value={settings.times}
          choices={[
            { value: 'written', label: t('times.written') },
            { value: 'utc', label: 'UTC' },
            { value: 'zone', label: settings.zone === 'UTC' ? t('times.zone') : settings.zone },
          ]}
          onChange={(times) => {
            // Without a zone of one's own the choice is which.
            if (times === 'zone' && settings.zone === 'UTC') open('zone');
            else changeSettings({ times });
          }}
        />
        <button
          type="button"
          className="zone-choose"
          aria-label={t('command.choose-zone')}
          title={t('command.choose-zone')}
          onClick={() => open('zone')}
        >
          ▾
        </button>
      </span>
      <Segments
        label={t('language.title')}
        value={locale}
        choices={[
          { value: 'en', label: 'EN', lang: 'en' },
          { value: 'ja', label: '日本語', lang: 'ja' },
        ]}
        onChange={(chosen) => changeSettings({ locale: chosen })}
      />
      <Segments
        label={t('theme.title')}
        value={theme}
        choices={[
          { value: 'light', label: '☼', title: t('theme.light') },
          { value: 'dark', label: '☾', title: t('theme.dark') },
          { value: 'contrast', label: '◐', title: t('theme.contrast') },
        ]}
        onChange={(chosen) => changeSettings({ theme: chosen })}
      />
    </header>
  );
}

function CommandButton({
  commands,
  id,
  label,
}: {
  readonly commands: readonly Command[];
  readonly id: CommandId;
  readonly label: string;
}) {
  const command = commands.find((one) => one.id === id);
  if (command === undefined) return null;
  const [chord] = command.keys;
  return (
    <button
      type="button"
      className="button"
      disabled={!command.isEnabled}
      onClick={command.run}
      title={chord === undefined ? label : `${label} (${chord})`}
      aria-label={label}
    >
      {label}
    </button>
  );
}

function BundleLine({ name }: { readonly name: string }) {
  const { t } = useLanguage();
  const overview = useOverview();
  const settings = useWindow((state) => state.settings);
  const setting = { mode: settings.times, zone: settings.zone };
  const hash = overview?.bundle.sha256 ?? '';
  const span = overview?.span ?? null;
  const about =
    overview === null
      ? ''
      : [
          t('header.devices', { count: overview.devices.length }),
          overview.systems.map((system) => t(`system.${system}`)).join(', '),
        ]
          .filter((part) => part !== '')
          .join(' · ');
  return (
    <>
      <b className="bundle-name" title={hash === '' ? name : `${name}\nSHA-256 ${hash}`}>
        {name}
      </b>
      {hash === '' ? null : (
        <span className="hash" title={`SHA-256 ${hash}`}>
          {hash.slice(0, 4)} {hash.slice(4, 8)} … {hash.slice(-4)}
        </span>
      )}
      {overview?.bundle.damaged === true ? (
        <span className="damaged-badge">{t('header.damaged')}</span>
      ) : null}
      {overview?.bundle.changed === true ? (
        <span className="damaged-badge" title={t('header.changed-about')}>
          {t('header.changed')}
        </span>
      ) : null}
      <span className="header-about" title={about}>
        {about}
      </span>
      {span === null ? null : (
        <span className="header-span">
          {showMoment(span.from, setting).date} … {showMoment(span.to, setting).date}
        </span>
      )}
    </>
  );
}
