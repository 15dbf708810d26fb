/** Whether a window can be shown to somebody. Only on Linux may a machine be without any display. */
export const hasDisplay =
  process.platform !== 'linux' ||
  [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '');

/**
 * What Chromium needs to be told on this machine; the product itself never carries these switches.
 * As root it refuses to start inside its sandbox, and without a desktop it complains of every missing service
 * on standard error, where the application's own sentence has to be found.
 */
export const machineSwitches = [
  ...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ...(hasDisplay ? [] : ['--log-level=3']),
];

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {{ command: string, args: readonly string[] }} the same program on a display of its own
 */
export function onVirtualDisplay(command, args) {
  return { command: 'xvfb-run', args: ['-a', '-s', '-screen 0 1600x1000x24', command, ...args] };
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {{ command: string, args: readonly string[] }} the program on the display, or a virtual one
 */
export function onAnyDisplay(command, args) {
  return hasDisplay ? { command, args } : onVirtualDisplay(command, args);
}

/** What the window needs from the system here. @type {readonly ('window' | 'virtual-display')[]} */
export const windowNeeds = hasDisplay ? ['window'] : ['window', 'virtual-display'];
