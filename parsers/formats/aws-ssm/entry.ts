import type { Citation } from '../../domain/evidence.ts';
import type { JsonPlace } from '../../text/json-stream.ts';
import type { MemberContext } from '../define-format.ts';
import type { Json } from './values.ts';

/** Where an entry of an answer stands, with what to cite of it. */
export interface Entry {
  readonly value: Json;
  readonly place: JsonPlace;
  /** The entry itself, or a piece of text in it. */
  cite(quote?: string): Citation;
}

/** What the parts of an answer have in common. */
export interface AnswerContext extends MemberContext {
  /** The node of the file's path; answers that name none are about it. */
  readonly device: string | null;
}
