import js from '@eslint/js'
import boundaries from 'eslint-plugin-boundaries'
import jsdoc from 'eslint-plugin-jsdoc'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import tseslint from 'typescript-eslint'

/** Layers of src/, highest first: a file imports from its own layer and from those below it. */
const LAYERS = ['app', 'features', 'ui', 'stores', 'runtime', 'simulation', 'data', 'core']

/** Tests and what only they use. */
const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/testing/**', '**/golden/**']

/** Which layers may use a package (any of its entry points). Packages that are not named here are free below `core`. */
const PACKAGE_HOMES = [
  { packages: ['onnxruntime-*'], homes: ['runtime'], why: 'only src/runtime talks to onnxruntime' },
  { packages: ['@mujoco/mujoco'], homes: ['simulation'], why: 'only src/simulation talks to MuJoCo' },
  {
    packages: ['react', 'react-dom', 'radix-ui', 'recharts', 'cmdk'],
    homes: ['app', 'features', 'ui'],
    why: 'React belongs to the screen: src/app, src/features and src/ui',
  },
  { packages: ['three'], homes: ['features'], why: 'the three-dimensional view belongs to src/features' },
  { packages: ['zustand'], homes: ['app', 'features', 'ui', 'stores'], why: 'state belongs to src/stores' },
]

/** All that src/core may use besides itself: it runs unchanged in a page, in a worker and in Node. */
const CORE_PACKAGES = ['zod', 'fflate']

/** Parts of the layers that only Node runs. */
const NODE_FOLDERS = ['runtime', 'data', 'simulation'].map((layer) => `src/${layer}/node/**`)

const elements = [
  // A folder of features is an element of its own, so that one feature cannot import another.
  { type: 'features', pattern: 'src/features/*', capture: ['feature'] },
  ...LAYERS.filter((layer) => layer !== 'features').map((layer) => ({
    type: layer,
    pattern: `src/${layer}`,
  })),
]

const layerPolicies = [
  ...LAYERS.map((layer, position) => ({
    from: { element: { type: layer } },
    allow: { to: { element: { types: { anyOf: LAYERS.slice(position + 1) } } } },
  })),
  { from: { file: { categories: 'entry' } }, allow: { to: { element: { types: { anyOf: LAYERS } } } } },
]

const packagePolicies = PACKAGE_HOMES.map(({ packages, homes, why }) => ({
  from: { element: { types: { noneOf: homes } } },
  disallow: { to: packages.map((source) => ({ module: { origin: 'external', source } })) },
  message: `{{dependency.source}} may not be imported here: ${why}.`,
}))

const corePolicies = [
  {
    from: { element: { type: 'core' } },
    disallow: { to: { module: { origin: 'external', source: ['*', '@*/*'] } } },
    message: `{{dependency.source}} may not be imported here: src/core uses ${CORE_PACKAGES.join(' and ')} only.`,
  },
  { from: { element: { type: 'core' } }, allow: { to: { module: { origin: 'external', source: CORE_PACKAGES } } } },
]

const nodePolicies = [
  {
    disallow: { to: { module: { origin: 'core' } } },
    message: '{{dependency.source}} may not be imported here: this code also runs in browsers.',
  },
  { from: { file: { categories: ['node', 'test'] } }, allow: { to: { module: { origin: 'core' } } } },
]

/** Tests may bring their own tools; the layers hold for them too. */
const testPolicies = [{ from: { file: { categories: 'test' } }, allow: { to: { module: { origin: 'external' } } } }]

const boundaryRules = {
  plugins: { boundaries },
  settings: {
    'boundaries/elements': elements,
    'boundaries/files': [
      // main.tsx and what else lies directly in src/: starts the page, and nothing imports it.
      { category: 'entry', pattern: 'src/*.{ts,tsx}' },
      { category: 'test', pattern: TESTS },
      { category: 'node', pattern: NODE_FOLDERS },
    ],
    'boundaries/dependency-nodes': ['import', 'dynamic-import', 'export'],
    // Workers are named by their address.
    'boundaries/additional-dependency-nodes': [
      { selector: 'NewExpression[callee.name=URL][arguments.length=2] > Literal', kind: 'value', name: 'worker' },
    ],
    'import/resolver': { node: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.css'] } },
  },
  rules: {
    'boundaries/no-unknown-files': 'error',
    'boundaries/dependencies': [
      'error',
      {
        default: 'disallow',
        checkAllOrigins: true,
        message: 'src/{{from.element.type}} may not import from {{dependency.source}}: imports point downwards.',
        policies: [
          ...layerPolicies,
          { allow: { to: { module: { origin: ['external', 'core'] } } } },
          ...packagePolicies,
          ...corePolicies,
          ...nodePolicies,
          ...testPolicies,
        ],
      },
    ],
  },
}

/** Syntax that is refused everywhere, with what to write instead. */
const RESTRICTED_SYNTAX = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of strings: it needs no code at run time.' },
  { selector: 'ExportDefaultDeclaration', message: 'Use a named export: a thing has one name everywhere.' },
]

export default tseslint.config(
  { ignores: ['dist/', 'public/', 'work/', 'training/**/*.py', 'test-results/', 'playwright-report/', '.venv/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers in messages are the point of many of them; a forgotten object is still caught.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // The types of the DOM, of JSON and of indexed access promise more than there is; guards against them stay.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // An implementation of an asynchronous interface may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Would ask for the `!` that another rule refuses.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Selectors and services are objects of functions that do not use `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Matters of taste that cost numeric code its plain loops and generic code its names.
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // React hands promises to nobody: an async event handler is normal.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'no-restricted-syntax': ['error', ...RESTRICTED_SYNTAX],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { jsdoc, 'react-hooks': reactHooks },
    languageOptions: { globals: globals.browser },
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use src/core/random.ts: a run must be repeatable.' },
      ],
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
  { files: ['src/**/*.{ts,tsx}'], ...boundaryRules },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: TESTS,
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          enableFixer: false,
          require: { FunctionDeclaration: true, ArrowFunctionExpression: true, FunctionExpression: true },
        },
      ],
      'jsdoc/require-description': ['error', { contexts: ['FunctionDeclaration', 'ArrowFunctionExpression'] }],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['window', 'document', 'navigator', 'location', 'localStorage', 'self', 'fetch', 'indexedDB', 'process'].map(
          (name) => ({ name, message: 'src/core knows neither the page nor Node.' }),
        ),
      ],
    },
  },
  {
    files: ['tools/**/*.ts', 'training/**/*.ts', 'e2e/**/*.ts', '*.ts'],
    languageOptions: { globals: globals.node },
  },
  {
    // Tools that are configured by a file want a default export of it.
    files: ['*.config.ts', 'e2e/**/*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', RESTRICTED_SYNTAX[0]] },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
)
