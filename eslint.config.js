import tseslint from "typescript-eslint";

/** Time, randomness and sockets reach a core as arguments or ports (ARCHITECTURE.md), never as globals. */
const impureGlobals = ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "process", "Buffer", "fetch", "WebSocket", "performance", "crypto"];
const impureCalls = [
  { object: "Date", property: "now", message: "Time is an input of a core." },
  { object: "Math", property: "random", message: "Randomness is an input of a core." },
];

export default tseslint.config(
  { ignores: ["**/dist/**", "**/reports/**", "**/.turbo/**", "**/node_modules/**", "**/.data/**"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrors: "all" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: "only-allowed-literals" }],
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/unified-signatures": "off",
      eqeqeq: "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ExportAllDeclaration[exported=null][source.value=/^@x/]", message: "Name what is re-exported from another package, or re-export a family subpath." },
      ],
    },
  },
  {
    files: ["packages/*/src/core/**/*.ts", "packages/wsframe/src/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-globals": ["error", ...impureGlobals],
      "no-restricted-properties": ["error", ...impureCalls],
      "no-restricted-imports": ["error", { patterns: ["node:*", "**/shell/**", "**/node/**", "**/web/**", "**/memory/**"] }],
    },
  },
  {
    files: ["**/*.test.ts", "**/*.e2e.ts", "bench/**", "conformance/**", "tools/testkit/**"],
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/explicit-module-boundary-types": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  { files: ["**/*.js", "**/*.mjs"], rules: { "@typescript-eslint/explicit-module-boundary-types": "off" } },
  { files: ["apps/**", "bench/**", "examples/**", "tools/**"], rules: { "no-console": "off" } },
  { files: ["conformance/src/socketio/programs/**"], rules: { "no-console": "off", "@typescript-eslint/no-confusing-void-expression": "off", "@typescript-eslint/no-unsafe-argument": "off", "@typescript-eslint/no-unsafe-call": "off", "@typescript-eslint/no-unsafe-member-access": "off" } }, // as their authors write, on types with `any`
);
