/** Multiplies every time limit: `SPECPRUNE_PATIENCE=5 npm run e2e` on a machine that does much else. */
export const PATIENCE = Number(process.env.SPECPRUNE_PATIENCE ?? '1')
