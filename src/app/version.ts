import { version } from '../../package.json'

/** Version of the page, written into the runs that it records. */
export const APP_VERSION = version
