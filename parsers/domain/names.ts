/** Full-width forms, case and runs of blanks folded (NFKC): for comparing words, never for showing them. */
export function foldText(text: string): string {
  return text.normalize('NFKC').replace(/\s+/gu, ' ').trim().toLowerCase();
}

/**
 * The key under which a device is the same device: without regard to case and without a domain
 * suffix. An IP address keeps all of its parts.
 */
export function foldDeviceName(name: string): string {
  const folded = foldText(name).replace(/^\\\\/u, '');
  const withoutDomain = folded.includes('\\') ? folded.slice(folded.lastIndexOf('\\') + 1) : folded;
  if (/^\d{1,3}(\.\d{1,3}){3}$/u.test(withoutDomain)) return withoutDomain;
  const dot = withoutDomain.indexOf('.');
  return dot > 0 ? withoutDomain.slice(0, dot) : withoutDomain;
}

/** The KB number inside a text, as `KB5037771`, or null. Microsoft's numbers have six or seven digits. */
export function findKb(text: string): string | null {
  const match = /(?:^|[^A-Za-z0-9])KB[\s-]?(?<digits>\d{6,7})(?!\d)/iu.exec(text.normalize('NFKC'));
  const digits = match?.groups?.['digits'];
  return digits === undefined ? null : `KB${digits}`;
}

/** An update GUID in lower case without braces and revision, or null when the text is none. */
export function foldGuid(text: string): string | null {
  const match = /^\{?(?<guid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?/iu.exec(
    text.trim(),
  );
  return match?.groups?.['guid']?.toLowerCase() ?? null;
}
