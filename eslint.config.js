// Lint with type information; zero warnings. Each rule that is set here says why.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Sizes from the tails of the code bases that we learn from: split by idea when a limit is reached. */
const sizes = {
  'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 15],
  'max-params': ['error', 5],
};

const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' };

const rules = {
  // A promise that nobody waits for hides its failure.
  '@typescript-eslint/no-floating-promises': 'error',
  // String-literal unions instead: they cross process borders as they are.
  'no-restricted-syntax': ['error', noEnum],
  // Numbers and booleans in template strings are what logs and SIP text are made of.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // An exhaustive switch is how a state machine is checked by the compiler.
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/consistent-type-imports': 'error',
  // Constants in `while (true)` read better than a flag.
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
  // An interface method that needs nothing is implemented by doing nothing.
  '@typescript-eslint/no-empty-function': 'off',
  // An empty string means "not given" in names and text fields: `||` says that best.
  '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
  // `${a}` of a void arrow is a common shorthand for listeners.
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  // Index checks by `noUncheckedIndexedAccess` make `!` on a just-checked index honest in hot loops; elsewhere it is an error.
  '@typescript-eslint/no-non-null-assertion': 'error',
  'no-console': 'error',
  eqeqeq: 'error',
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'test/interop/lab', 'test/fixtures', 'bench/results'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte', '**/*.svelte.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: { ...rules, ...sizes },
  },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser }, globals: globals.browser },
    rules: {
      'max-lines-per-function': 'off',
      // One `let` for all props when one of them is bindable.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      // The linter sees other components' props as `any`; svelte-check knows their types.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
    },
  },
  {
    files: ['src-main/**/*.ts'],
    ignores: ['src-main/base/import-module.ts'],
    rules: {
      // Code out of V8's cache cannot import what is not in its own bundle (src-main/boot).
      'no-restricted-syntax': [
        'error',
        noEnum,
        {
          selector: 'ImportExpression:not([source.value=/^\\./])',
          message: 'Use importModule of base/import-module.ts.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'vitest.config.ts'],
    rules: {
      // A describe block is one long function by nature.
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['**/*.mjs', '**/*.js'], languageOptions: { globals: globals.node } },
);
