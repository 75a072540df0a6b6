import react from '@vitejs/plugin-react'
import { readFileSync } from 'node:fs'
import { defaultClientConditions, defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

/** Cross-origin isolation: without it the browser gives no shared memory, so wasm runs on one thread. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export default defineConfig({
  // Relative addresses: the build works from any folder of any static host.
  base: './',
  plugins: [react(), preloadLists(), offline()],
  resolve: {
    // The self-contained form of onnxruntime-web loads the app's own worker chunk as its thread script and hangs.
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  worker: { format: 'es' },
  build: { target: 'esnext', chunkSizeWarningLimit: 1200 },
  // Both find their .wasm beside themselves, which pre-bundling would break.
  optimizeDeps: { exclude: ['onnxruntime-web', '@mujoco/mujoco'] },
  server: { headers: isolation },
  preview: { headers: isolation },
})

/**
 * Lets the browser ask for the lists of episodes and recorded runs while it fetches the scripts, which would ask for them
 * one after the other. They are small, and every visit needs them.
 */
function preloadLists(): Plugin {
  return {
    name: 'preload-lists',
    transformIndexHtml() {
      const { datasets } = JSON.parse(readFileSync('public/episodes/index.json', 'utf8')) as { datasets: string[] }
      const lists = ['episodes/index.json', 'runs/index.json', ...datasets.map((name) => `episodes/${name}/index.json`)]
      return lists.map((path): HtmlTagDescriptor => {
        // As `fetch` asks for them; otherwise the browser would fetch them twice.
        const attrs = { rel: 'preload', href: `./${path}`, as: 'fetch', crossorigin: 'anonymous' }
        return { tag: 'link', attrs, injectTo: 'head' }
      })
    },
  }
}

/** Makes the page installable, and builds the service worker with the list of the build's files. */
function offline() {
  const icon = (name: string, size: number) => ({
    src: `icons/${name}-${size}.png`,
    sizes: `${size}x${size}`,
    type: 'image/png',
  })
  return VitePWA({
    strategies: 'injectManifest',
    srcDir: 'src/app/offline',
    filename: 'serviceWorker.ts',
    injectRegister: null,
    manifest: {
      name: 'SpecPrune Playground',
      short_name: 'SpecPrune',
      description: 'Visual-token pruning of robot policies, seen and measured in the browser.',
      start_url: './',
      scope: './',
      display: 'standalone',
      background_color: '#12202e',
      theme_color: '#12202e',
      icons: [
        { src: 'favicon.svg', sizes: 'any', type: 'image/svg+xml' },
        icon('icon', 192),
        icon('icon', 512),
        { ...icon('maskable', 512), purpose: 'maskable' },
      ],
    },
    injectManifest: {
      globPatterns: ['index.html', 'favicon.svg', 'icons/*.png', 'assets/*.{js,mjs,css,wasm}'],
      // The names below assets/ hold a hash of the content.
      dontCacheBustURLsMatching: /^assets\//,
      // Runtimes are only listed: one of them is kept when it was fetched.
      maximumFileSizeToCacheInBytes: 64e6,
      rollupFormat: 'iife',
    },
  })
}
