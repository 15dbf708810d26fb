import type { RedactionKind } from '../domain/redaction.ts';

const prefixes: Readonly<Record<RedactionKind, string>> = {
  host: 'HOST',
  user: 'USER',
  email: 'EMAIL',
  ip: 'IP',
  mac: 'MAC',
  domain: 'DOMAIN',
  serial: 'SERIAL',
  instance: 'INSTANCE',
  word: 'WORD',
};

/**
 * Which token stands for which value. One value has one token as long as the case lives; the table belongs to the
 * case and never goes into an output. Tokens are made of letters, digits and a hyphen, so that they need no
 * escaping in any encoding that they may be written into.
 */
export class TokenTable {
  readonly #tokens = new Map<RedactionKind, Map<string, string>>();
  readonly #last = new Map<RedactionKind, number>();

  /** @param saved what {@link TokenTable.saved} gave before; entries that are none are passed over */
  constructor(saved: Readonly<Record<string, string>> = {}) {
    for (const [key, token] of Object.entries(saved)) {
      const kind = (Object.keys(prefixes) as RedactionKind[]).find((one) => key.startsWith(`${one}:`));
      if (kind === undefined) continue;
      const match = /^(?<prefix>[A-Z]+)-(?<number>\d{1,9})$/u.exec(token);
      if (match?.groups?.['prefix'] !== prefixes[kind]) continue;
      this.#of(kind).set(key.slice(kind.length + 1), token);
      this.#last.set(kind, Math.max(this.#last.get(kind) ?? 0, Number(match.groups['number'])));
    }
  }

  /** The token of a value, a new one when it has none. @param key the value in the form in which it is compared */
  tokenOf(kind: RedactionKind, key: string): string {
    const tokens = this.#of(kind);
    const known = tokens.get(key);
    if (known !== undefined) return known;
    const number = (this.#last.get(kind) ?? 0) + 1;
    this.#last.set(kind, number);
    const token = `${prefixes[kind]}-${String(number).padStart(2, '0')}`;
    tokens.set(key, token);
    return token;
  }

  /** For the case: tokens by kind and value. */
  saved(): Record<string, string> {
    return Object.fromEntries(
      [...this.#tokens].flatMap(([kind, tokens]) =>
        [...tokens].map(([key, token]): [string, string] => [`${kind}:${key}`, token]),
      ),
    );
  }

  #of(kind: RedactionKind): Map<string, string> {
    let tokens = this.#tokens.get(kind);
    if (tokens === undefined) this.#tokens.set(kind, (tokens = new Map<string, string>()));
    return tokens;
  }
}

const token = new RegExp(`^(?:${Object.values(prefixes).join('|')})-\\d{2,9}$`, 'u');

/** Whether a text is a token: what was redacted once is not redacted again. */
export function isToken(text: string): boolean {
  return token.test(text);
}
