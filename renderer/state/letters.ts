/** Letters that tie the cells of one finding: ≠A … ≠A. */

/** `A` … `Z`, `AA` … for 0, 1, 2 … */
export function letterAt(index: number): string {
  let rest = index;
  let text = '';
  do {
    text = String.fromCharCode(65 + (rest % 26)) + text;
    rest = Math.floor(rest / 26) - 1;
  } while (rest >= 0);
  return text;
}

/** Gives each finding a letter in the order in which the grids come upon it, and keeps it. */
export class LetterBook {
  readonly #letters = new Map<string, string>();

  letterOf(finding: string): string {
    let letter = this.#letters.get(finding);
    if (letter === undefined) {
      letter = letterAt(this.#letters.size);
      this.#letters.set(finding, letter);
    }
    return letter;
  }

  /** Starts anew, with another bundle. */
  clear(): void {
    this.#letters.clear();
  }
}
