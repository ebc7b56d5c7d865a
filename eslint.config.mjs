// Lint rules: strict typed TypeScript, and the one-way import borders of ARCHITECTURE.md.
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** What stands below the kinds of resources. */
const below = ["base", "lxd", "content", "image-server", "kind", "engine"].map((folder) => `provider/${folder}`);
const resources = (...names) => names.map((name) => `provider/resources/${name}`);

/** What each folder may import besides itself and packages: the table of ARCHITECTURE.md. */
const mayImport = {
  sdk: ["provider/functions.ts", "provider/base/canonical.ts"],
  "provider/base": [],
  "provider/lxd/client": ["provider/base"],
  "provider/lxd/api": ["provider/base", "provider/lxd/client"],
  "provider/content": ["provider/base"],
  "provider/image-server": ["provider/base", "provider/lxd", "provider/content"],
  "provider/kind": ["provider/base", "provider/lxd/client"],
  "provider/engine": ["provider/base", "provider/lxd", "provider/kind"],
  "provider/resources/shared": below,
  "provider/resources/machine": [...below, ...resources("shared")],
  "provider/resources/config-map": [...below, ...resources("shared")],
  cli: ["provider", "embedded"],
  embedded: [],
};

/** Kinds know nothing of each other but what is named here. */
const kinds = {
  exec: [],
  "golden-build": ["instance", "image"],
  image: [],
  instance: [],
  "instance-snapshot": [],
  "iso-volume": [],
  network: ["config-map"],
  profile: ["config-map"],
  project: ["config-map"],
  "storage-pool": ["config-map"],
  "storage-volume": ["config-map"],
};
for (const [kind, others] of Object.entries(kinds)) {
  mayImport[`provider/resources/${kind}`] = [...below, ...resources("shared", "machine", ...others)];
}

const zones = [
  ...Object.entries(mayImport).map(([folder, others]) => ({
    target: `./${folder}`,
    from: ".",
    except: ["node_modules", folder, ...others],
    message: `${folder}/ may not import this: see ARCHITECTURE.md.`,
  })),
  { target: "./provider", from: ["./sdk", "./embedded", "./cli"], message: "provider/ stands on none of these." },
];

/** Of code, without blank lines and comments. */
const linesOfCode = (max) => ["error", { max, skipBlankLines: true, skipComments: true }];

export default tseslint.config(
  { ignores: ["dist/", ".engine/", "plugins/", ".quickstart/", "**/node_modules/"] },
  ...tseslint.configs.strictTypeChecked.map((c) => ({ ...c, files: ["**/*.ts", "**/*.mts"] })),
  {
    files: ["**/*.ts", "**/*.mts"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [importX.createNodeResolver({ extensions: [".ts", ".js"] })] },
    rules: {
      "sort-imports": ["error", { ignoreDeclarationSort: true, ignoreCase: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
    },
  },
  {
    files: ["sdk/**/*.ts"],
    // It loads the provider's functions when a program calls one; its declarations do not name their types.
    ignores: ["sdk/image/lookup-image.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              // `canonical` stands on nothing, and no declaration names it.
              regex: "provider/(?!base/canonical$)",
              message: "Users' compilers would read the declarations of provider/, and zod's.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["{provider,embedded,cli}/**/*.ts"],
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
    files: ["{sdk,provider,embedded,cli}/**/*.ts"],
    rules: {
      "max-lines": linesOfCode(300),
      "max-lines-per-function": linesOfCode(60),
      "max-depth": ["error", 3],
      "max-params": ["error", 4],
    },
  },
  {
    // One function that returns a whole kind.
    files: ["provider/resources/config-map/kind.ts"],
    rules: { "max-lines-per-function": linesOfCode(100) },
  },
  {
    files: ["{provider,embedded}/**/*.ts"],
    rules: {
      "no-console": "error",
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^@pulumi/", allowTypeImports: true, message: "provider/ never imports Pulumi." }] },
      ],
    },
  },
);
