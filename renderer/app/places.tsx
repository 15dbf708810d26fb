/** The places of a bundle: what the window shows between its head and its foot. */
import { Panel } from 'react-resizable-panels';
import { registerGridModules } from '../grids/grid-setup.ts';
import { CasePlace } from '../panes/case-place.tsx';
import { Findings } from '../panes/findings.tsx';
import { Inspector } from '../panes/inspector.tsx';
import { LogLines } from '../panes/log.tsx';
import { MatrixPlace } from '../panes/matrix.tsx';
import { Files } from '../panes/members.tsx';
import { Patches } from '../panes/patches.tsx';
import { Runs } from '../panes/runs.tsx';
import { Timeline } from '../panes/timeline.tsx';
import { Triage } from '../panes/triage.tsx';
import { useWindow } from '../state/window-store.ts';
import type { Place } from '../state/window-store.ts';
import { Divider, Split } from './split.tsx';

registerGridModules();

export function PlaceView() {
  const place = useWindow((state) => state.place);
  switch (place) {
    case 'triage':
      return <Triage />;
    case 'files':
      return <Files />;
    case 'case':
      return <CasePlace />;
    case 'patches':
    case 'matrix':
    case 'runs':
    case 'log':
      return <Workbench place={place} />;
  }
}

/** Timeline on top, grids on the left, findings and inspector on the right. */
function Workbench({ place }: { readonly place: Place }) {
  return (
    <div className="workbench">
      <Timeline />
      <Split name="workbench" orientation="horizontal">
        <Panel id="grids" minSize="35%">
          <Grids place={place} />
        </Panel>
        <Divider orientation="vertical" />
        <Panel
          id="side"
          defaultSize={332}
          minSize={240}
          groupResizeBehavior="preserve-pixel-size"
          collapsible
        >
          <Split name="side" orientation="vertical">
            <Panel
              id="findings"
              defaultSize={150}
              minSize={64}
              collapsible
              collapsedSize={30}
              groupResizeBehavior="preserve-pixel-size"
            >
              <Findings />
            </Panel>
            <Divider orientation="horizontal" />
            <Panel id="inspector" minSize={160}>
              <Inspector />
            </Panel>
          </Split>
        </Panel>
      </Split>
    </div>
  );
}

/** What a place is about, above the log lines that go with it. */
function Grids({ place }: { readonly place: Place }) {
  if (place === 'log') return <LogLines />;
  if (place === 'matrix') return <MatrixPlace />;
  return (
    <Split name={place === 'runs' ? 'run-grids' : 'grids'} orientation="vertical">
      <Panel id="tables" defaultSize="47%" minSize={90}>
        {place === 'runs' ? <Runs /> : <Patches />}
      </Panel>
      <Divider orientation="horizontal" />
      <Panel id="lines" minSize={80} collapsible>
        <LogLines />
      </Panel>
    </Split>
  );
}
