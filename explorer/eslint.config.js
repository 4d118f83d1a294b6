import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import typescript from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist*", "node_modules", "src/generated"] },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [typescript.configs.strict, typescript.configs.stylistic, hooks.configs.flat.recommended],
    rules: {
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "no-console": "error",
    },
  },
  {
    // The words of the explorer are in one file.
    files: ["src/{app,marks,parts,schema,views}/**/*.tsx"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/[A-Za-z]{2}/]", message: "Put words into src/words/en.ts." },
        {
          selector: "JSXAttribute[name.name=/^(title|alt|placeholder|aria-label)$/] > Literal[value=/[A-Za-z]{2}/]",
          message: "Put words into src/words/en.ts.",
        },
      ],
    },
  },
);
