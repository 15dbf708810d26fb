/** Asks something when it is first wanted, and keeps the answer. */
export function once<T>(ask: () => T): () => T {
  let answer: { readonly value: T } | null = null;
  return () => {
    answer ??= { value: ask() };
    return answer.value;
  };
}

/** Asks something of an object once, however many want to know; forgotten with the object. */
export function oncePer<O extends object, T>(ask: (of: O) => T): (of: O) => T {
  const known = new WeakMap<O, { readonly value: T }>();
  return (of) => {
    let answer = known.get(of);
    if (answer === undefined) {
      answer = { value: ask(of) };
      known.set(of, answer);
    }
    return answer.value;
  };
}

/** The same for each key, e.g. for each device of a bundle. */
export function oncePerKey<O extends object, K, T>(ask: (of: O, key: K) => T): (of: O, key: K) => T {
  const answersOf = oncePer<O, Map<K, { readonly value: T }>>(() => new Map());
  return (of, key) => {
    const answers = answersOf(of);
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = { value: ask(of, key) };
      answers.set(key, answer);
    }
    return answer.value;
  };
}
