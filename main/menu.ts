/** The native menu. Its entries are commands for the window in front, or what Electron does by itself. */
import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { Locale } from '../preload/contract/shapes.ts';
import type { Command } from '../preload/contract/window.ts';
import { sentence } from './sentences.ts';
import type { SentenceId } from './sentences.ts';

export interface MenuActions {
  readonly command: (command: Command, window: Electron.BaseWindow | undefined) => void;
  readonly newWindow: () => void;
  readonly about: (window: Electron.BaseWindow | undefined) => void;
}

export function buildMenu(locale: Locale, actions: MenuActions, platform: NodeJS.Platform): Electron.Menu {
  const label = (id: SentenceId): string => sentence(locale, id);
  const entry = (id: SentenceId, command: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label: label(id),
    ...(accelerator === undefined ? {} : { accelerator }),
    click: (_item, window) => actions.command(command, window),
  });
  const role = (
    id: SentenceId,
    name: NonNullable<MenuItemConstructorOptions['role']>,
  ): MenuItemConstructorOptions => ({ label: label(id), role: name });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const about: MenuItemConstructorOptions = {
    label: label('menu.about'),
    click: (_item, window) => actions.about(window),
  };
  const isMac = platform === 'darwin';

  const application: MenuItemConstructorOptions = {
    label: 'Patchtrail',
    submenu: [
      about,
      line,
      role('menu.services', 'services'),
      line,
      role('menu.hide', 'hide'),
      role('menu.hide-others', 'hideOthers'),
      role('menu.unhide', 'unhide'),
      line,
      role('menu.quit', 'quit'),
    ],
  };
  const file: MenuItemConstructorOptions = {
    label: label('menu.file'),
    submenu: [
      entry('menu.open', 'open', 'CmdOrCtrl+O'),
      entry('menu.open-folder', 'open-folder', 'CmdOrCtrl+Shift+O'),
      entry('menu.open-sample', 'open-sample'),
      {
        label: label('menu.new-window'),
        accelerator: 'CmdOrCtrl+N',
        click: () => actions.newWindow(),
      },
      line,
      entry('menu.save-case-as', 'save-case-as', 'CmdOrCtrl+Shift+S'),
      entry('menu.export-pdf', 'export-pdf', 'CmdOrCtrl+Shift+E'),
      entry('menu.export', 'export'),
      entry('menu.redaction', 'redaction'),
      line,
      entry('menu.limits', 'limits'),
      entry('menu.remove-kept-data', 'remove-kept-data'),
      line,
      entry('menu.close-bundle', 'close-bundle', 'CmdOrCtrl+Shift+W'),
      role('menu.close-window', 'close'),
      ...(isMac ? [] : [line, role('menu.quit', 'quit')]),
    ],
  };
  const edit: MenuItemConstructorOptions = {
    label: label('menu.edit'),
    submenu: [
      entry('menu.undo', 'undo', 'CmdOrCtrl+Z'),
      entry('menu.redo', 'redo', 'CmdOrCtrl+Shift+Z'),
      line,
      role('menu.cut', 'cut'),
      role('menu.copy', 'copy'),
      role('menu.paste', 'paste'),
      role('menu.select-all', 'selectAll'),
      line,
      entry('menu.bookmark', 'bookmark', 'CmdOrCtrl+B'),
      entry('menu.add-event', 'add-event'),
    ],
  };
  const go: MenuItemConstructorOptions = {
    label: label('menu.go'),
    submenu: [
      entry('menu.back', 'back', 'Alt+Left'),
      entry('menu.forward', 'forward', 'Alt+Right'),
      line,
      entry('menu.search', 'search', 'CmdOrCtrl+F'),
      entry('menu.next-finding', 'next-finding', 'F8'),
      entry('menu.previous-finding', 'previous-finding', 'Shift+F8'),
      entry('menu.show-case', 'show-case', 'CmdOrCtrl+7'),
      line,
      entry('menu.palette', 'palette', 'CmdOrCtrl+K'),
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: label('menu.view'),
    submenu: [
      entry('menu.theme', 'theme'),
      entry('menu.language', 'language'),
      line,
      role('menu.zoom-in', 'zoomIn'),
      role('menu.zoom-out', 'zoomOut'),
      role('menu.zoom-reset', 'resetZoom'),
      line,
      role('menu.full-screen', 'togglefullscreen'),
    ],
  };
  const window: MenuItemConstructorOptions = {
    label: label('menu.window'),
    role: 'windowMenu',
    submenu: [role('menu.minimize', 'minimize'), role('menu.close-window', 'close')],
  };
  const help: MenuItemConstructorOptions = {
    label: label('menu.help'),
    role: 'help',
    submenu: [
      entry('menu.shortcuts', 'shortcuts'),
      entry('menu.licences', 'licences'),
      ...(isMac ? [] : [line, about]),
    ],
  };
  return Menu.buildFromTemplate([
    ...(isMac ? [application] : []),
    file,
    edit,
    go,
    view,
    ...(isMac ? [window] : []),
    help,
  ]);
}
