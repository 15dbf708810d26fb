import { useWindow } from './window-store.ts';

/** Minutes east of UTC by which readings of unknown offset are placed on the timeline; 0 while nothing is read. */
export function usePlacementOffset(): number {
  return useWindow(({ bundle }) =>
    bundle.phase === 'reading' || bundle.phase === 'ready' ? bundle.reading.placementOffset : 0,
  );
}
