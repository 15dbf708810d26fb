/**
 * What the page sees of main: `window.patchtrail`, frozen, one function per message. The page cannot name a
 * channel or a path; what main sends is checked before the page gets it.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import * as v from 'valibot';
import { windowEventSchema, windowMethods } from './contract/window.ts';
import type {
  PatchtrailBridge,
  WindowEvent,
  WindowMethod,
  WindowParams,
  WindowResult,
} from './contract/window.ts';

declare const __PATCHTRAIL_VERSION__: string;

const answerSchema = v.variant('ok', [
  v.object({ ok: v.literal(true), value: v.unknown() }),
  v.object({ ok: v.literal(false), error: v.looseObject({ family: v.string() }) }),
]);

async function ask(channel: string, params: readonly unknown[]): Promise<unknown> {
  const answer = v.parse(answerSchema, await ipcRenderer.invoke(`patchtrail:${channel}`, ...params));
  if (answer.ok) return answer.value;
  // What can go wrong is part of each answer; an error here is a mistake in a program.
  throw new Error(`${channel}: ${JSON.stringify(answer.error)}`);
}

function method<Method extends WindowMethod>(name: Method) {
  return async (...params: WindowParams<Method>): Promise<WindowResult<Method>> =>
    v.parse(windowMethods[name].result, await ask(name, params));
}

const listeners = new Set<(event: WindowEvent) => void>();
let listening = false;

ipcRenderer.on('patchtrail:event', (_event, message: unknown) => {
  const parsed = v.safeParse(windowEventSchema, message);
  if (!parsed.success) return;
  for (const listener of [...listeners]) listener(parsed.output);
});

ipcRenderer.on('evidence-port', (event) => {
  const [port] = event.ports;
  if (port !== undefined) window.postMessage('evidence-port', window.location.origin, [port]);
});

const bridge: PatchtrailBridge = {
  settings: method('settings'),
  changeSettings: method('changeSettings'),
  recent: method('recent'),
  forgetRecent: method('forgetRecent'),
  openDialog: method('openDialog'),
  openRecent: method('openRecent'),
  openSample: method('openSample'),
  cancelReading: method('cancelReading'),
  closeBundle: method('closeBundle'),
  restartWorker: method('restartWorker'),
  readAgain: method('readAgain'),
  loadCase: method('loadCase'),
  rememberedCase: method('rememberedCase'),
  custodyLog: method('custodyLog'),
  saveCase: method('saveCase'),
  saveCaseAs: method('saveCaseAs'),
  exportPdf: method('exportPdf'),
  exportFile: method('exportFile'),
  cancelExport: method('cancelExport'),
  previewReport: method('previewReport'),
  keptData: method('keptData'),
  removeKeptData: method('removeKeptData'),
  licences: method('licences'),
  copy: method('copy'),
  password: method('password'),
  openDropped: async (file) => {
    const path = webUtils.getPathForFile(file);
    // A file that the page made itself has no path.
    if (path === '') return { outcome: 'failed', code: 'not-found', place: file.name, detail: {} };
    return method('openDropped')(path);
  },
  onEvent: (listener) => {
    listeners.add(listener);
    if (!listening) {
      listening = true;
      void ask('ready', []);
    }
    return () => {
      listeners.delete(listener);
    };
  },
  platform: process.platform,
  version: __PATCHTRAIL_VERSION__,
};

contextBridge.exposeInMainWorld('patchtrail', Object.freeze(bridge));
