// Imported first by every entry script: says in words what an old Node would say with a stack trace.
// It and all it is imported with keep to syntax and named imports that Node 14 can link, or its message would never show.

/** The oldest Node that Vite and ESLint run on. */
const OLDEST = [20, 19]

const version = process.versions.node.split('.').map(Number)
if (version[0] < OLDEST[0] || (version[0] === OLDEST[0] && version[1] < OLDEST[1])) {
  console.error(
    `SpecPrune Playground needs Node ${OLDEST.join('.')} or newer, and this is Node ${process.versions.node}.\n` +
      'Install a current release (for example with a version manager: nvm install 22), then run the command again.',
  )
  process.exit(1)
}
