import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** A suppression without a reason tells the next reader nothing: `-- why` is required. */
const reasonedSuppressions = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      missing: 'Say why, after " -- ", and name the rule: eslint-disable-next-line rule -- reason',
    },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const text = comment.value.trim();
          if (!/^eslint-disable/u.test(text)) continue;
          if (/^eslint-disable(?:-next-line|-line)?\s+[^\s-].*\s--\s+\S/u.test(text)) continue;
          context.report({ loc: comment.loc, messageId: 'missing' });
        }
      },
    };
  },
};

// The product makes no network request; a module that could make one has no business in it.
const network = ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns'].flatMap((name) => [
  name,
  `node:${name}`,
]);
const window = ['electron', 'react', 'react-dom', 'react-dom/*', 'zustand', 'zustand/*', 'ag-grid-*'];

/** @param {readonly string[]} modules @param {string} message */
function forbid(modules, message) {
  return { group: [...modules], message };
}

/** @param {...ReturnType<typeof forbid>} patterns */
function restrictedImports(...patterns) {
  return {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: [forbid(network, 'Patchtrail is offline.'), ...patterns] },
    ],
  };
}

export default defineConfig(
  globalIgnores([
    'out/',
    'dist/',
    '.cache/',
    'coverage/',
    'test-results/',
    'test/fixtures/',
    'resources/',
    'kernels/',
  ]),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { patchtrail: { rules: { 'reasoned-suppressions': reasonedSuppressions } } },
    rules: {
      'patchtrail/reasoned-suppressions': 'error',
      eqeqeq: 'error',
      'no-console': 'off',
      'no-constant-condition': 'error',
      'no-control-regex': 'off',
      'no-dupe-else-if': 'error',
      'no-duplicate-imports': 'off',
      'no-else-return': ['error', { allowElseIf: false }],
      'no-empty': 'error',
      'no-fallthrough': 'error',
      'no-irregular-whitespace': 'error',
      'no-loss-of-precision': 'error',
      'no-misleading-character-class': 'error',
      'no-param-reassign': 'error',
      'no-self-compare': 'error',
      'no-sparse-arrays': 'error',
      'no-unreachable-loop': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-escape': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-named-capture-group': 'off',
      'require-atomic-updates': 'off',
      'use-isnan': 'error',
      'valid-typeof': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/promise-function-async': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // The stylistic rules that find mistakes or noise; the rest of that set is a matter of taste.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-inferrable-types': 'error',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/prefer-includes': 'error',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/prefer-optional-chain': 'error',
      '@typescript-eslint/prefer-string-starts-ends-with': 'error',
      // These fight the code style and make nothing safer.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/unified-signatures': 'off',
      // A callback of an interface that answers a promise is free to have its answer at once.
      '@typescript-eslint/require-await': 'off',
      ...restrictedImports(),
    },
  },
  {
    files: ['parsers/**/*.ts'],
    rules: {
      ...restrictedImports(
        forbid(window, 'The engine runs without a window: no Electron, no React, no DOM.'),
      ),
      'no-restricted-globals': [
        'error',
        ...['window', 'document', 'navigator', 'localStorage', 'DOMParser', 'fetch', 'WebSocket'].map(
          (name) => ({
            name,
            message: 'The engine runs without a window and without a network.',
          }),
        ),
      ],
      // Same bundle, same findings: the engine has no clock and throws no dice.
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The engine has no clock.' },
        { object: 'Math', property: 'random', message: 'The engine is deterministic.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'The engine has no clock.',
        },
        {
          selector:
            'CallExpression[callee.property.name=/^(indexOf|lastIndexOf|includes)$/]:matches([arguments.0.name=/^[A-Z]+$/], [arguments.0.raw=/^[0-9]/])',
          message: 'Buffers look for a number by a path that can trap: see text/find-byte.',
        },
      ],
    },
  },
  {
    files: ['preload/**/*.ts'],
    rules: restrictedImports(forbid(window.slice(1), 'The contract knows nothing of the window.')),
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.tsx'],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      ...restrictedImports(
        forbid(['electron', 'node:*'], 'The window is sandboxed: it talks through the contract.'),
      ),
      'no-restricted-globals': [
        'error',
        ...['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({
          name,
          message: 'Patchtrail is offline.',
        })),
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      // A test that finds nothing where it expects something has to fail, and this is how it says so.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // tsc checks the scripts' JSDoc types (scripts/tsconfig.json); here only what needs no types.
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.eslintRecommended],
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
  prettier,
);
