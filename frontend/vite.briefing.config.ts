import { resolve } from "node:path";
import { defineConfig } from "vite";
import { coast } from "./build/coast.ts";

/**
 * The script and the style of the storm briefing, each one plain file: the server writes them into the page, which
 * then needs nothing else. Pictures of Leaflet's style become part of it.
 */
export default defineConfig({
  plugins: [coast()],
  build: {
    outDir: resolve(import.meta.dirname, "../gis/web/pages/static/pages"),
    emptyOutDir: false,
    copyPublicDir: false,
    target: "es2022",
    assetsInlineLimit: 100_000,
    lib: {
      entry: resolve(import.meta.dirname, "src/briefing/main.ts"),
      name: "halongBriefing",
      formats: ["iife"],
      fileName: () => "briefing.js",
      cssFileName: "briefing",
    },
  },
});
