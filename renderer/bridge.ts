import type { PatchtrailBridge } from '../preload/contract/window.ts';

declare global {
  interface Window {
    /** The one thing that the preload script exposes. */
    readonly patchtrail: PatchtrailBridge;
  }
}

/** The way to main. Read once at start and passed on from there. */
export function takeBridge(): PatchtrailBridge {
  return window.patchtrail;
}

/** The nonce that main wrote into the page for the styles that AG Grid makes at run time. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
