import { useMemo } from 'react';
import type { OpenResult, PatchtrailBridge } from '../../preload/contract/window.ts';
import { useLanguage } from '../i18n/language.tsx';
import { problemText } from '../panes/problem-text.ts';
import { useBridge, useWindowStore } from '../state/window-store.ts';
import type { Problem } from '../state/window-store.ts';
import { problemOfOpening } from './session.ts';

export interface Opening {
  readonly openFile: () => void;
  readonly openFolder: () => void;
  readonly openSample: () => void;
  readonly openRecent: (id: string) => void;
  readonly openDropped: (file: File) => void;
}

/** The ways to open a bundle; what goes wrong lands on the start screen, or beside what is open. */
export function useOpening(): Opening {
  const bridge = useBridge();
  const store = useWindowStore();
  const { t } = useLanguage();
  return useMemo(() => {
    const tell = (problem: Problem): void => {
      const { bundle, say } = store.getState();
      // What is open stays open: a second file that cannot be opened is only told of.
      if (bundle.phase === 'ready' || bundle.phase === 'reading') say('bad', problemText(t, problem));
      else store.setState({ bundle: { phase: 'none', problem, cancelled: false } });
    };
    const start = (request: (bridge: PatchtrailBridge) => Promise<OpenResult>): void => {
      request(bridge).then(
        (result) => {
          const problem = problemOfOpening(result);
          if (problem !== null) tell(problem);
        },
        (error: unknown) => {
          tell({ family: 'bug', message: error instanceof Error ? error.message : String(error) });
        },
      );
    };
    return {
      openFile: () => start((to) => to.openDialog('file')),
      openFolder: () => start((to) => to.openDialog('folder')),
      openSample: () => start((to) => to.openSample()),
      openRecent: (id) => start((to) => to.openRecent(id)),
      openDropped: (file) => start((to) => to.openDropped(file)),
    };
  }, [bridge, store, t]);
}
