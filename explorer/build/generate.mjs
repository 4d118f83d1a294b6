/**
 * Writes `src/generated/`: typed documents of the `.graphql` files of the views, and what the generated pages know of
 * each record type. The input is `schema.graphql`, so both follow the API.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { codegen } from "@graphql-codegen/core";
import { preset } from "@graphql-codegen/client-preset";
import { buildASTSchema, parse } from "graphql";
import { mutations } from "./inputs.mjs";
import { namesDocument, recordTypes, typeIndex } from "./records.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SCHEMA = join(dirname(ROOT), "schema.graphql");
const TARGET = join(ROOT, "src", "generated");

const CONFIG = {
  documentMode: "string",
  enumsAsTypes: true,
  useTypeImports: true,
  skipTypename: true,
  scalars: { ID: "string", DateTime: "string", Date: "string", Decimal: "string" },
};

function documents() {
  return readdirSync(join(ROOT, "src"), { recursive: true })
    .filter((name) => name.endsWith(".graphql") && !name.startsWith("generated"))
    .sort()
    .map((name) => {
      const text = readFileSync(join(ROOT, "src", name), "utf8");
      return { location: join(ROOT, "src", name), rawSDL: text, document: parse(text) };
    });
}

function fingerprint(schema, sources) {
  const digest = createHash("sha256").update(schema);
  for (const { location, rawSDL } of sources) digest.update(relative(ROOT, location)).update(rawSDL);
  for (const name of ["generate.mjs", "inputs.mjs", "records.mjs"])
    digest.update(readFileSync(join(ROOT, "build", name)));
  return digest.digest("hex");
}

/** Writes the generated files unless they are up to date. */
export async function generate() {
  const text = readFileSync(SCHEMA, "utf8");
  const sources = documents();
  const wanted = fingerprint(text, sources);
  const stamp = join(TARGET, ".stamp");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;

  const ast = parse(text, { noLocation: true });
  const schema = buildASTSchema(ast, { assumeValid: true });
  const records = [...recordTypes(schema)];
  const names = namesDocument(records.map(([, record]) => record));
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: `${TARGET}/`,
    schema: ast,
    schemaAst: schema,
    documents: [...sources, { location: "names.graphql", rawSDL: names, document: parse(names) }],
    config: CONFIG,
    presetConfig: { fragmentMasking: false },
    plugins: [],
    pluginMap: {},
  });
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(join(TARGET, "records"), { recursive: true });
  for (const output of outputs) {
    writeFileSync(output.filename, await codegen({ ...output, cache: (_key, _plugin, make) => make() }));
  }
  for (const [name, record] of records) {
    writeFileSync(join(TARGET, "records", `${name}.json`), JSON.stringify(record));
  }
  // With the documents of the views, these are all that a server that accepts registered documents only registers.
  writeFileSync(join(TARGET, "names.graphql"), names);
  writeFileSync(join(TARGET, "mutations.json"), JSON.stringify(mutations(schema)));
  writeFileSync(join(TARGET, "types.json"), JSON.stringify(typeIndex(records.map(([, record]) => record))));
  writeFileSync(stamp, wanted);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await generate();
