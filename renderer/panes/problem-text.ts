import { ExpectedError } from '../../parsers/domain/errors.ts';
import { wordCode } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';
import { isTextKey } from '../i18n/messages.ts';
import type { Problem } from '../state/window-store.ts';

/** What happened, as one sentence. */
export function problemText(t: Translate, problem: Problem): string {
  if (problem.family === 'bug') return t('problem.bug', { message: problem.message });
  const key = `errors.${problem.code}`;
  const values = { ...problem.detail, place: problem.place ?? t('problem.no-place') };
  return isTextKey(key)
    ? t(key, { reason: '', ...values })
    : t('problem.unknown-code', { code: problem.code, place: values.place });
}

/** What to do about it. */
export function problemAdvice(t: Translate, problem: Problem): string {
  if (problem.family === 'bug') return t('problem.bug-advice');
  return wordCode(t, 'errors-advice', problem.code, t('problem.advice'));
}

export function problemOf(error: Error): Problem {
  if (error instanceof ExpectedError) {
    return { family: 'expected', code: error.code, place: error.place, detail: error.detail };
  }
  return { family: 'bug', message: error.message };
}
