import { useRef } from 'react'
import { commands } from '../../stores/commands.ts'
import { Hint } from '../../ui/Hint.tsx'

/** Opens a selector of the reader's own from a file. */
export function OwnSelector() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Hint text="A .js file with a function select() decides which tokens stay. It runs here, in a worker without network; you can also drop it on the page.">
        <button type="button" className="button" onClick={() => input.current?.click()} data-testid="own-selector">
          Your own…
        </button>
      </Hint>
      <input
        ref={input}
        type="file"
        accept=".js,.mjs,text/javascript"
        hidden
        aria-label="Script of your own selector"
        data-testid="own-selector-file"
        onChange={(event) => {
          const file = event.target.files?.item(0)
          if (file) commands().openSelector(file)
          // The same file, changed meanwhile, can be chosen again.
          event.target.value = ''
        }}
      />
    </>
  )
}
