/**
 * The worker's script around a person's file. It stands on the file's first line, so that lines in messages are the file's own;
 * the function and the settings are looked up when everything has run. Only text goes in and out.
 */
const PRELUDE =
  'self.onmessage=((post)=>(event)=>{const {id,input}=event.data;let answer;' +
  "try{if(input===undefined){if(typeof select!=='function')throw new Error('it defines no function \"select\"');" +
  "answer={id,value:JSON.stringify(typeof settings==='undefined'?{}:settings)}}" +
  'else answer={id,value:JSON.stringify(Array.from(select(JSON.parse(input))))}}' +
  'catch(error){answer={id,error:String(error&&error.message?error.message:error)}}' +
  'post(answer)})(self.postMessage.bind(self));'

/** Runs in the frame: starts the worker and passes messages on. */
const FRAME = `
addEventListener('message', (event) => {
  const [port] = event.ports
  const worker = new Worker(URL.createObjectURL(new Blob([event.data], { type: 'text/javascript' })))
  worker.onmessage = ({ data }) => port.postMessage(data)
  worker.onerror = (error) => {
    error.preventDefault()
    const line = error.lineno > 0 ? ' (line ' + error.lineno + ')' : ''
    port.postMessage({ failure: (error.message || 'it cannot be run') + line })
  }
  port.onmessage = ({ data }) => worker.postMessage(data)
}, { once: true })
`

/**
 * A document of no origin: without this page's storage, cookies or files (`sandbox`), and without any network, for itself and
 * for the worker in it, which inherits the policy.
 */
export const SANDBOX_DOCUMENT =
  '<!doctype html><meta http-equiv="Content-Security-Policy" ' +
  `content="default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:"><script>${FRAME}</script>`

/** The worker's whole script. */
export function workerScript(source: string): string {
  return PRELUDE + source
}
