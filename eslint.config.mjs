// Lint rules: strict typed TypeScript, and the one-way import borders of ARCHITECTURE.md.
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** Each zone: files of `target` may not import from any of `from`. */
const border = (target, from, message) => from.map((f) => ({ target, from: f, message }));
const borders = [
  ...border("./provider", ["./sdk"], "provider/ runs in another process than sdk/ and never imports it."),
  ...border(
    "./provider/client",
    ["./provider/api", "./provider/resources"],
    "client/ knows no collection of the daemon.",
  ),
  ...border("./provider/api", ["./provider/resources"], "api/ carries no policy."),
  ...border("./provider/image-server", ["./provider/resources"], "image-server/ knows no resource."),
  ...border(
    "./provider/embedded",
    ["./provider/api", "./provider/client", "./provider/resources"],
    "The embedded daemon shares no code with the provider that it is used to test.",
  ),
  ...border(
    "./provider/!(embedded|cli)/**/*",
    ["./provider/embedded"],
    "Only the command line starts the embedded daemon.",
  ),
];

export default tseslint.config(
  { ignores: ["dist/", ".engine/", ".quickstart/", "**/node_modules/"] },
  ...tseslint.configs.strictTypeChecked.map((c) => ({ ...c, files: ["**/*.ts", "**/*.mts"] })),
  {
    files: ["**/*.ts", "**/*.mts"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [importX.createNodeResolver({ extensions: [".ts", ".js"] })] },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones: borders }],
    },
  },
  {
    files: ["sdk/**/*.ts"],
    // It loads the provider's functions when a program calls one; its declarations do not name their types.
    ignores: ["sdk/lookup-image.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: "provider/", message: "Users' compilers would read the declarations of provider/, and zod's." },
          ],
        },
      ],
    },
  },
  {
    files: ["provider/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            ":matches(Program, ExportNamedDeclaration) > VariableDeclaration NewExpression[callee.name=/Error$/]:not(:function *)",
          message: "An error is made where it is thrown, so that its stack is its own: write a function.",
        },
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: "Somebody may set that clock: measure time by performance.now(), and take dates from new Date().",
        },
      ],
    },
  },
  {
    files: ["provider/**/*.ts"],
    ignores: ["provider/cli/**"],
    rules: {
      "no-console": "error",
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^@pulumi/", allowTypeImports: true, message: "provider/ never imports Pulumi." }] },
      ],
    },
  },
);
