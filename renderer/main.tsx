import './theme/fonts.ts';
import './theme/tokens.css';
import './theme/base.css';
import './grids/grids.css';
import './panes/panes.css';
import './panes/case.css';
import './app/app.css';
import './app/report-dialog.css';
import './app/export.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { ReactNode } from 'react';
import { startSession } from './app/session.ts';
import type { Session } from './app/session.ts';
import { Shell, loadPlaces } from './app/shell.tsx';
import { takeBridge } from './bridge.ts';
import { EvidenceProvider } from './evidence/evidence-context.tsx';
import { LanguageProvider } from './i18n/language.tsx';
import { FocusProvider } from './state/focus.tsx';
import { MatchProvider } from './state/matches.tsx';
import { OverviewProvider } from './state/overview.tsx';
import { BridgeProvider, WindowStoreProvider, createWindowStore, useWindow } from './state/window-store.ts';
import { useTheme } from './theme/theme.ts';

type RunCommand = (command: string) => void;

function Root({
  session,
  onCommands,
}: {
  readonly session: Session;
  readonly onCommands: (run: RunCommand) => void;
}) {
  const settings = useWindow((state) => state.settings);
  const theme = useTheme(settings.theme);
  return (
    <LanguageProvider locale={settings.locale}>
      <Evidence session={session}>
        <Shell theme={theme} restartWorker={session.restartWorker} onCommands={onCommands} />
      </Evidence>
    </LanguageProvider>
  );
}

function Evidence({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  return (
    <EvidenceProvider value={session.client}>
      <OverviewProvider>
        <FocusProvider>
          <MatchProvider>{children}</MatchProvider>
        </FocusProvider>
      </OverviewProvider>
    </EvidenceProvider>
  );
}

async function start(): Promise<void> {
  const bridge = takeBridge();
  const store = createWindowStore(bridge, await bridge.settings());
  let run: RunCommand = () => undefined;
  const session = startSession(bridge, store, (command) => run(command));
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no root.');
  createRoot(root).render(
    <StrictMode>
      <BridgeProvider value={bridge}>
        <WindowStoreProvider value={store}>
          <Root
            session={session}
            onCommands={(take) => {
              run = take;
            }}
          />
        </WindowStoreProvider>
      </BridgeProvider>
    </StrictMode>,
  );
  // At rest, so that a bundle that is opened finds its program and its second font there.
  requestIdleCallback(() => {
    Promise.all([loadPlaces(), document.fonts.load('12px "JetBrains Mono Variable"')]).catch(
      (error: unknown) => console.error(error),
    );
  });
}

start().catch((error: unknown) => {
  // Nothing of the window stands yet: at least say it in the page.
  document.body.append(`Patchtrail: ${error instanceof Error ? error.message : String(error)}`);
});
