import { pageMargins, paperSizes } from '../domain/report-choice.ts';
import type { Paper } from '../domain/report-choice.ts';

/** Between two sheets and around them, in millimetres. */
const gap = 8;

/**
 * Style that lays the report out on a screen as it falls on paper: sheets of its size side by side, broken where
 * the printer breaks them. Columns of a page's height do it without script.
 */
export function previewStyle(paper: Paper): string {
  const { width, height } = paperSizes[paper];
  const { top, right, bottom, left } = pageMargins;
  const inner = { width: width - left - right, height: height - top - bottom };
  return `
@media screen {
  html { overflow: auto hidden; background: #d5d9df; }
  body {
    max-width: none; width: ${inner.width}mm; height: ${inner.height}mm; padding: 0; background: none;
    margin: ${gap + top}mm ${gap + right}mm ${gap + bottom}mm ${gap + left}mm;
    columns: 1; column-width: ${inner.width}mm; column-gap: ${left + right + gap}mm; column-fill: auto;
  }
  html { background: linear-gradient(#d5d9df ${gap}mm, #0000 0 ${gap + height}mm, #d5d9df 0), repeating-linear-gradient(to right, #d5d9df 0 ${gap}mm, #fff 0 ${gap + width}mm); }
  .cover, .part { margin-bottom: 0; }
  .cover { break-after: column; }
  .part { break-before: column; }
  .part.flow { break-before: auto; }
}
`;
}
