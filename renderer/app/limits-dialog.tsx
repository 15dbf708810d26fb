/** What a bundle may cost before it is refused: see docs/limits.md. */
import { useId, useState } from 'react';
import {
  defaultLimits,
  limitNames,
  limitRanges,
  readLimit,
  writeLimit,
} from '../../parsers/domain/limits.ts';
import type { LimitName, Limits } from '../../parsers/domain/limits.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useBridge, useWindow, useWindowStore } from '../state/window-store.ts';
import { Modal, headingOf } from './modal.tsx';

type Texts = Readonly<Record<LimitName, string>>;

function textsOf(limits: Limits): Texts {
  return Object.fromEntries(limitNames.map((name) => [name, writeLimit(name, limits[name])])) as Texts;
}

export function LimitsDialog() {
  const { t } = useLanguage();
  const bridge = useBridge();
  const store = useWindowStore();
  const open = useWindow((state) => state.open);
  const changeSettings = useWindow((state) => state.changeSettings);
  const changes = useWindow((state) => state.settings.limits);
  const canReadAgain = useWindow(({ bundle }) => bundle.phase === 'ready');
  const [texts, setTexts] = useState(() => textsOf({ ...defaultLimits, ...changes }));
  const id = useId();
  const values = limitNames.map((name) => [name, readLimit(name, texts[name])] as const);
  const areValid = values.every(([, value]) => value !== null);
  const keep = (): void => {
    // What is as by default follows the default when that changes.
    changeSettings({
      limits: Object.fromEntries(
        values.flatMap(([name, value]) =>
          value === null || value === defaultLimits[name] ? [] : [[name, value]],
        ),
      ),
    });
    open('none');
  };
  const readAgain = (): void => {
    keep();
    store.setState({ worker: { is: 'restarting' } });
    bridge.readAgain().catch((error: unknown) => store.getState().say('bad', String(error)));
  };
  return (
    <Modal label={t('command.limits')} className="limits">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (areValid) keep();
        }}
      >
        <h2>{headingOf(t('command.limits'))}</h2>
        <p className="hint">{t('limits.about')}</p>
        <div className="fields">
          {values.map(([name, value], at) => {
            const { least, most } = limitRanges[name];
            return [
              <label key={name} htmlFor={`${id}-${name}`}>
                {t(`limits.name.${name}`)}
                <small id={`${id}-${name}-range`} className={value === null ? 'bad' : 'hint'}>
                  {t('limits.range', {
                    least: writeLimit(name, least),
                    most: writeLimit(name, most),
                    default: writeLimit(name, defaultLimits[name]),
                  })}
                </small>
              </label>,
              <input
                key={`${name}-value`}
                id={`${id}-${name}`}
                autoFocus={at === 0}
                value={texts[name]}
                aria-invalid={value === null}
                aria-describedby={`${id}-${name}-range`}
                spellCheck={false}
                onChange={({ currentTarget }) => setTexts({ ...texts, [name]: currentTarget.value })}
              />,
            ];
          })}
        </div>
        <div className="button-row">
          {canReadAgain ? (
            <button type="button" className="button primary" disabled={!areValid} onClick={readAgain}>
              {t('limits.read-again')}
            </button>
          ) : null}
          <button type="submit" className={canReadAgain ? 'button' : 'button primary'} disabled={!areValid}>
            {t('limits.keep')}
          </button>
          <button type="button" className="button" onClick={() => setTexts(textsOf(defaultLimits))}>
            {t('limits.reset')}
          </button>
          <button type="button" className="button" onClick={() => open('none')}>
            {t('action.cancel')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
