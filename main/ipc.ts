/**
 * Requests from windows. Every message is checked twice: that it comes from the top frame of a page of ours, and
 * that its parameters are of the contract. Errors go back as values, since Electron keeps only their message.
 */
import { ipcMain } from 'electron';
import type { IpcMainInvokeEvent } from 'electron';
import * as v from 'valibot';
import { ExpectedError, toWireError } from '../parsers/domain/errors.ts';
import type { WireError } from '../parsers/domain/errors.ts';
import { windowMethods } from '../preload/contract/window.ts';
import type { WindowMethod, WindowParams, WindowResult } from '../preload/contract/window.ts';
import { windowOrigin } from './app-scheme.ts';

/** What every method does, for the window that asks. */
export type WindowHandlers<Window> = {
  readonly [Method in WindowMethod]: (
    window: Window,
    ...params: WindowParams<Method>
  ) => Promise<WindowResult<Method>> | WindowResult<Method>;
};

/** An answer on its way to the bridge. */
export type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

/**
 * @param windowOf the window that a page belongs to, or null when it is none of ours
 * @param onReady a page of a window listens now
 */
export function serveWindows<Window>(
  windowOf: (contentsId: number) => Window | null,
  handlers: WindowHandlers<Window>,
  onReady: (window: Window) => void,
): void {
  const names = Object.keys(windowMethods) as WindowMethod[];
  for (const name of names) serve(name, windowOf, handlers);
  ipcMain.handle('patchtrail:ready', (event): Answer => {
    const window = senderWindow(event, windowOf);
    if (window === null) return refused('sender');
    onReady(window);
    return { ok: true, value: null };
  });
}

function serve<Window>(
  name: WindowMethod,
  windowOf: (contentsId: number) => Window | null,
  handlers: WindowHandlers<Window>,
): void {
  ipcMain.handle(`patchtrail:${name}`, async (event, ...params: unknown[]): Promise<Answer> => {
    const window = senderWindow(event, windowOf);
    if (window === null) return refused('sender');
    const parsed = v.safeParse(windowMethods[name].params, params);
    if (!parsed.success) return refused('parameters');
    try {
      // The parameters were checked with this very method's schema.
      const handler = handlers[name] as (window: Window, ...checked: readonly unknown[]) => unknown;
      const value = await handler(window, ...parsed.output);
      return { ok: true, value };
    } catch (error) {
      if (!(error instanceof ExpectedError)) console.error(error);
      return { ok: false, error: toWireError(error) };
    }
  });
}

/** Only the top frame of a window's page speaks for it. */
function senderWindow<Window>(
  { sender, senderFrame }: IpcMainInvokeEvent,
  windowOf: (contentsId: number) => Window | null,
): Window | null {
  const isTop = senderFrame?.parent === null && senderFrame === sender.mainFrame;
  if (!isTop || !senderFrame.url.startsWith(`${windowOrigin}/`)) return null;
  return windowOf(sender.id);
}

function refused(what: string): Answer {
  return { ok: false, error: { family: 'bug', message: `refused: ${what}`, stack: null } };
}
