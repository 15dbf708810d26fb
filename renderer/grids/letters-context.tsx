import { createContext, useContext } from 'react';
import { LetterBook } from '../state/letters.ts';

const LettersContext = createContext<LetterBook>(new LetterBook());
export const LettersProvider = LettersContext.Provider;

export function useLetters(): LetterBook {
  return useContext(LettersContext);
}
