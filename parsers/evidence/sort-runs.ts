/** Shorter runs are made this long first. */
const leastRun = 32;

/**
 * Sorts lines by their keys, in place; lines of one key keep their order. Logs are in order but for some lines, so
 * the runs that are in order already are merged: a few of them cost a few passes, and no memory beside the runs' own.
 *
 * @param keyOf asked for again and again instead of being kept: eight bytes for each of five million lines are too many
 */
export function sortRuns(lines: Uint32Array, keyOf: (line: number) => number): void {
  let bounds = findRuns(lines, keyOf);
  let room: Uint32Array = new Uint32Array(0);
  while (bounds.length > 2) {
    const wider: number[] = [0];
    for (let run = 0; run + 1 < bounds.length; run += 2) {
      const [start = 0, middle = 0] = [bounds[run], bounds[run + 1]];
      const end = bounds[run + 2] ?? middle;
      if (end > middle) room = mergeRuns(lines, start, middle, end, keyOf, room);
      wider.push(end);
    }
    bounds = wider;
  }
}

/** @returns where the runs start, and where the last one ends */
function findRuns(lines: Uint32Array, keyOf: (line: number) => number): number[] {
  const bounds = [0];
  for (let at = 0; at < lines.length;) {
    const start = at;
    let last = keyOf(lines[at] as number);
    at += 1;
    while (at < lines.length) {
      const key = keyOf(lines[at] as number);
      if (key < last) break;
      last = key;
      at += 1;
    }
    const least = Math.min(lines.length, start + leastRun);
    for (; at < least; at += 1) insert(lines, start, at, keyOf);
    bounds.push(at);
  }
  return bounds;
}

/** Puts the line at `at` where it belongs among those from `start` on, which are in order. */
function insert(lines: Uint32Array, start: number, at: number, keyOf: (line: number) => number): void {
  const line = lines[at] as number;
  const own = keyOf(line);
  const place = firstBehind(lines, start, at, keyOf, (key) => key > own);
  lines.copyWithin(place + 1, place, at);
  lines[place] = line;
}

/** The first place from `start` to `end` whose key is one of those behind; the keys ascend. */
function firstBehind(
  lines: Uint32Array,
  start: number,
  end: number,
  keyOf: (line: number) => number,
  isBehind: (key: number) => boolean,
): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(keyOf(lines[middle] as number))) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Merges two neighbouring runs. @returns the room, larger if need be */
function mergeRuns(
  lines: Uint32Array,
  runStart: number,
  middle: number,
  runEnd: number,
  keyOf: (line: number) => number,
  room: Uint32Array,
): Uint32Array {
  // What stands right already stays: the start of the first run and the end of the second.
  const first = keyOf(lines[middle] as number);
  const start = firstBehind(lines, runStart, middle, keyOf, (key) => key > first);
  if (start === middle) return room;
  const last = keyOf(lines[middle - 1] as number);
  const end = firstBehind(lines, middle, runEnd, keyOf, (key) => key >= last);
  const size = middle - start;
  const aside = room.length >= size ? room : new Uint32Array(size);
  aside.set(lines.subarray(start, middle));
  let to = start;
  let left = 0;
  let right = middle;
  let leftKey = keyOf(aside[0] as number);
  let rightKey = keyOf(lines[right] as number);
  while (left < size && right < end) {
    if (rightKey < leftKey) {
      lines[to++] = lines[right++] as number;
      if (right < end) rightKey = keyOf(lines[right] as number);
    } else {
      lines[to++] = aside[left++] as number;
      if (left < size) leftKey = keyOf(aside[left] as number);
    }
  }
  lines.set(aside.subarray(left, size), to);
  return aside;
}
