// Bundles run.mjs of the current folder as a front end would, with the `graphql` tags that relay-compiler has compiled.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { transformAsync } from "@babel/core";
import { build } from "esbuild";

const plugin = createRequire(import.meta.url).resolve("babel-plugin-relay");
const relay = {
  name: "relay",
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/, namespace: "file" }, async ({ path: file }) => {
      const text = await readFile(file, "utf8");
      if (file.includes("node_modules") || !text.includes("graphql`")) return undefined;
      const options = { filename: file, babelrc: false, configFile: false, plugins: [[plugin, { eagerEsModules: true }]] };
      return { contents: (await transformAsync(text, options)).code, resolveDir: path.dirname(file) };
    });
  },
};
await build({
  entryPoints: ["run.mjs"], outfile: "bundle.mjs", bundle: true, format: "esm", platform: "node", plugins: [relay],
  resolveExtensions: [".js", ".mjs"], logLevel: "warning",
});
