/**
 * A member glob as an expression over paths: `*` within a folder, `**` over folders, `?` one character,
 * without regard to case. A glob without `/` is matched against the last part of the path.
 */
export function globExpression(glob: string): RegExp {
  const source = glob.replaceAll('\\', '/').replace(/\*\*\/?|[*?]|[$()+.[\]^{|}]/gu, (part) => {
    if (part.startsWith('**')) return '(?:.*)';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(glob.includes('/') ? `^${source}$` : `(?:^|/)${source}$`, 'iu');
}
