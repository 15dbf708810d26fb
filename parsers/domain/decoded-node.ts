/** A field of decoded bytes, for a tree beside them. A fact whose value holds such nodes as `tree` is shown so. */
export interface DecodedNode {
  /** What the field is: a stable code where the locales have words for it, else as the format calls it. */
  readonly label: string;
  /** Its value as text; '' where it has none of its own. */
  readonly value: string;
  /** Its first byte; null where no bytes stand for it. */
  readonly offset: number | null;
  readonly length: number | null;
  readonly children: readonly DecodedNode[];
}
