/**
 * Nothing may leave the machine, and nothing may come in. Four walls, each enough alone for what it covers:
 * Chromium's services are off, names resolve to nothing, every session cancels what is not the application's own,
 * and no page may navigate, open a window, ask for a permission or download.
 */
import { app } from 'electron';
import type { Session, WebContents } from 'electron';
import { isOwn, reportOrigin } from './app-scheme.ts';

/** Chromium services that would call out, by their switches. Unknown ones are ignored by every version. */
const switches: readonly (readonly [string, string?])[] = [
  ['disable-background-networking'],
  ['disable-breakpad'],
  ['disable-client-side-phishing-detection'],
  ['disable-component-extensions-with-background-pages'],
  ['disable-component-update'],
  ['disable-crash-reporter'],
  ['disable-default-apps'],
  ['disable-domain-reliability'],
  ['disable-quic'],
  ['disable-sync'],
  ['dns-prefetch-disable'],
  ['metrics-recording-only'],
  ['no-first-run'],
  ['no-pings'],
  // Neither a proxy nor the search for one (WPAD asks the network).
  ['no-proxy-server'],
  // Every name, literal addresses included, resolves to nothing.
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
];

const disabledFeatures = [
  'AutofillServerCommunication',
  'CertificateTransparencyComponentUpdater',
  'DialMediaRouteProvider',
  'InterestFeedContentSuggestions',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'SafeBrowsing',
  'Translate',
];

/** Before the application is ready. */
export function switchServicesOff(): void {
  for (const [name, value] of switches) {
    if (value === undefined) app.commandLine.appendSwitch(name);
    else app.commandLine.appendSwitch(name, value);
  }
  const given = app.commandLine.getSwitchValue('disable-features');
  const features = [...(given === '' ? [] : [given]), ...disabledFeatures];
  app.commandLine.appendSwitch('disable-features', features.join(','));
}

/** Once, before the first window: closes every session and every page that is ever made. */
export function closeEverything(): void {
  app.on('session-created', (session) => closeSession(session, null));
  app.on('web-contents-created', (_event, contents) => closePage(contents));
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on('select-client-certificate', (event) => event.preventDefault());
  app.on('login', (event) => event.preventDefault());
}

/**
 * @param origin the one origin of the application's scheme that this session may load; null: none
 * @param framed another one that only frames of its pages may load
 */
export function closeSession(session: Session, origin: string | null, framed: string | null = null): void {
  session.webRequest.onBeforeRequest((details, answer) => {
    const isFramed = details.resourceType !== 'mainFrame' && isOwn(details.url, framed);
    answer({ cancel: !isOwn(details.url, origin) && !isFramed });
  });
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Without a language there is no dictionary, which Chromium would fetch even for a checker that is off.
  session.setSpellCheckerLanguages([]);
  session.setSpellCheckerEnabled(false);
  session.removeAllListeners('will-download');
  session.on('will-download', (event) => event.preventDefault());
}

function closePage(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    // The preview of a report: the window's page puts it into a frame, where no script runs.
    if (event.isMainFrame || !event.url.startsWith(`${reportOrigin}/preview/`)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
