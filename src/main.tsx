import { startTransition, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startActions } from './app/actions/actions.ts'
import { App } from './app/App.tsx'
import { startPage } from './app/startPage.ts'
import { startOffline } from './app/offline/startOffline.ts'
import { startTheme } from './app/theme.ts'
import './styles/theme.css'
import './styles/base.css'
import './ui/ui.css'

startOffline()
startTheme()
startActions()
startPage()

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root element.')
// As a transition, which React cuts into slices: the recorded answer is decoded meanwhile.
startTransition(() => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
})
