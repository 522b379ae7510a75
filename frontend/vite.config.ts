import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { coast } from "./build/coast.ts";

/** One entry per page. Entries have fixed names, which templates name with `{% static %}`. */
const pages = {
  shell: resolve(import.meta.dirname, "src/shared/shell.css"),
  map: resolve(import.meta.dirname, "src/map/main.ts"),
  admin: resolve(import.meta.dirname, "src/admin/map.ts"),
  tables: resolve(import.meta.dirname, "src/tables/main.ts"),
  desk: resolve(import.meta.dirname, "src/desk/main.ts"),
  jobs: resolve(import.meta.dirname, "src/jobs/main.ts"),
};

export default defineConfig({
  base: "/static/pages/",
  plugins: [coast()],
  build: {
    outDir: resolve(import.meta.dirname, "../gis/web/pages/static/pages"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: pages,
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "build/**/*.test.ts"] },
});
