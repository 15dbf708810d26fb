import { expect, test } from 'vitest';
import { foldWord } from '../../parsers/text/vocabulary.ts';

test('ASCII is folded as all other text is', () => {
  for (let code = 0; code < 128; code += 1) {
    const character = String.fromCharCode(code);
    // A character beyond ASCII takes the long way.
    expect(`${foldWord(`a${character}B`)}語`).toBe(foldWord(`a${character}B語`));
  }
});
