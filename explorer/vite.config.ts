import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { createServer, defineConfig, type Plugin } from "vite";
import { generate } from "./build/generate.mjs";

const WORTH_PACKING = /\.(js|css|ttf|svg)$/;

/** Writes the typed documents and the descriptions of records before anything imports them. */
function generated(): Plugin {
  return { name: "kith-generated", apply: "build", buildStart: generate };
}

/** Writes a .br and a .gz beside every asset, so that the server never compresses anything itself. */
function packed(): Plugin {
  let folder = "";
  return {
    name: "kith-packed",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir, config.build.assetsDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder).filter((each) => WORTH_PACKING.test(each))) {
        const plain = readFileSync(join(folder, name));
        const brotli = brotliCompressSync(plain, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
        });
        writeFileSync(join(folder, `${name}.br`), brotli);
        writeFileSync(join(folder, `${name}.gz`), gzipSync(plain, { level: 9 }));
      }
    },
  };
}

/** Writes `requests.json`, the requests with which Kith prepares itself when it starts. */
function prepared(): Plugin {
  return {
    name: "kith-prepared",
    apply: "build",
    async writeBundle({ dir = "" }) {
      const server = await createServer({ configFile: false, logLevel: "warn", server: { middlewareMode: true } });
      try {
        // The views read the address of the page while they load.
        Object.assign(globalThis, { document: { baseURI: "http://127.0.0.1/" } });
        const { requests } = await server.ssrLoadModule("/build/requests.ts");
        writeFileSync(join(dir, "requests.json"), JSON.stringify(await requests()));
      } finally {
        await server.close();
      }
    },
  };
}

const GRAPHIQL = "/graphql.html";

/** Lets the browser fetch the editor while it still reads the page, not only when React asks for it. */
function early(): Plugin {
  return {
    name: "kith-early",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle, path }) {
        if (path !== GRAPHIQL) return [];
        const editor = Object.values(bundle ?? {}).filter(
          (each) => each.type === "chunk" && each.name === "monaco-editor",
        );
        return editor.map(({ fileName }) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `./${fileName}` },
          injectTo: "head" as const,
        }));
      },
    },
  };
}

export default defineConfig({
  logLevel: "warn",
  // Relative, so that the page also works below a path of a reverse proxy.
  base: "./",
  build: {
    assetsInlineLimit: 0,
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 6000,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: "es2022",
    rolldownOptions: {
      input: { explorer: "index.html", graphiql: "graphql.html" },
      // "use client" says nothing here: there is no server that renders.
      onLog(level, log, forward) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") forward(level, log);
      },
    },
  },
  worker: { format: "es" },
  plugins: [generated(), early(), prepared(), packed()],
});
