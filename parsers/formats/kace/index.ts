import type { Fact } from '../../domain/evidence.ts';
import { defineSystem } from '../define-format.ts';
import { agentLog } from './agent-log.ts';
import { devicePage } from './device-page.ts';
import { listExport, sqlExport } from './list-export.ts';
import { patchDetail, patchPage } from './patch-page.ts';
import { pointedTo } from './pointed-to.ts';
import { schedulePage } from './schedule-page.ts';
import { serverLog } from './server-log.ts';
import { settingsPages } from './settings-pages.ts';

export type * from './facts.ts';

/** Quest KACE Systems Management Appliance (K1000). */
export const kace = defineSystem({
  id: 'kace-sma',
  // Pages of one kind have what others lack; a page of many devices and patches is a list.
  formats: [
    devicePage,
    patchPage,
    schedulePage,
    patchDetail,
    sqlExport,
    listExport,
    ...settingsPages,
    serverLog,
    agentLog,
  ],
  askFor: [
    { item: 'kace/device-page', servedBy: ['kace/device-page'], isComplete: showsAll },
    { item: 'kace/patch-page', servedBy: ['kace/patch-page'], isComplete: showsAll },
    { item: 'kace/schedule-page', servedBy: ['kace/schedule-page'] },
    { item: 'kace/patch-detail', servedBy: ['kace/patch-detail', 'kace/patch-page'] },
    {
      item: 'kace/scale',
      servedBy: ['kace/list-export', 'kace/sql-export', 'kace/patch-page', 'kace/schedule-page'],
    },
    { item: 'kace/client-log', servedBy: ['kace/agent-log'] },
    { item: 'kace/server-log', servedBy: ['kace/server-log'] },
    ...pointedTo,
  ],
});

/** A page saved with another tab than "All" lacks rows; a page whose tab is unknown is taken as whole. */
function showsAll(facts: readonly Fact[]): boolean {
  const pages = facts.filter((fact): fact is Fact<'kace/page'> => fact.type === 'kace/page');
  return pages.length === 0 || pages.some(({ value }) => value.tab === null || value.tab.canonical === 'all');
}
