import { useCallback } from 'react';
import type { AnnotationTarget } from '../../parsers/domain/annotation.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { useWindowStore } from '../state/window-store.ts';

/** Goes to what a note or a bookmark is attached to; says so where that is not in the bundle. */
export function useGoToTarget(): (target: AnnotationTarget) => void {
  const { t } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  return useCallback(
    (target) => {
      const { jump, showRun, showFinding, openFile, say } = store.getState();
      const go = async (): Promise<void> => {
        if (target.on === 'moment') {
          jump({ on: 'moment', local: target.local, offset: target.offset }, 'log');
          return;
        }
        const [found] = await client.request('findTargets', { targets: [target] });
        if (found === undefined || found === null) {
          say('bad', t('notes.gone'));
          return;
        }
        switch (found.on) {
          case 'finding':
            showFinding(found.id);
            return;
          case 'record':
            jump({ on: 'record', id: found.id }, 'patches');
            return;
          case 'run':
            showRun(found.id);
            return;
          case 'line':
            if (target.on === 'lines') jump({ ...target }, 'log');
            else jump(lineOf(found.id), 'log');
            return;
          case 'member':
            openFile(found.id, lineOfTarget(target));
        }
      };
      go().catch((error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      });
    },
    [client, store, t],
  );
}

function lineOf(id: string): { readonly on: 'line'; readonly member: string; readonly line: number } {
  const colon = id.lastIndexOf(':');
  return { on: 'line', member: id.slice(0, colon), line: Number(id.slice(colon + 1)) };
}

function lineOfTarget(target: AnnotationTarget): number | null {
  switch (target.on) {
    case 'line':
    case 'record':
    case 'cell':
      return target.line;
    case 'lines':
      return target.from;
    case 'finding':
    case 'member':
    case 'moment':
      return null;
  }
}
