import { lazy } from 'react'
import type { ComponentType } from 'react'

/** One tab under the cameras. */
export interface FigureTab {
  /** Stands in links as `tab=<id>`: never rename one. */
  id: string
  title: string
  /** Lazy: its code comes when the tab is opened first. */
  Panel: ComponentType
}

/** The tabs, in the order of the page. To add one, add a line; links, keys and tests follow from it. */
export const FIGURE_TABS: readonly FigureTab[] = [
  {
    id: 'charts',
    title: 'Charts',
    Panel: lazy(async () => ({ default: (await import('../features/charts/ChartsPanel.tsx')).ChartsPanel })),
  },
  {
    id: 'compare',
    title: 'Compare',
    Panel: lazy(async () => ({ default: (await import('../features/compare/ComparePanel.tsx')).ComparePanel })),
  },
  {
    id: 'tried',
    title: 'Tried',
    Panel: lazy(async () => ({ default: (await import('../features/pareto/ParetoPanel.tsx')).ParetoPanel })),
  },
  {
    id: 'sweep',
    title: 'Sweep',
    Panel: lazy(async () => ({ default: (await import('../features/sweep/SweepPanel.tsx')).SweepPanel })),
  },
  {
    id: 'layers',
    title: 'Layers',
    Panel: lazy(async () => ({ default: (await import('../features/pipeline/LayerTable.tsx')).LayerTable })),
  },
  {
    id: 'export',
    title: 'Export',
    Panel: lazy(async () => ({ default: (await import('../features/export/ExportPanel.tsx')).ExportPanel })),
  },
  {
    id: 'lessons',
    title: 'Lessons',
    Panel: lazy(async () => ({ default: (await import('../features/lessons/LessonsPanel.tsx')).LessonsPanel })),
  },
  {
    id: 'results',
    title: 'Results',
    Panel: lazy(async () => ({ default: (await import('../features/results/ResultsPanel.tsx')).ResultsPanel })),
  },
  {
    id: 'measure',
    title: 'Measure here',
    Panel: lazy(async () => ({ default: (await import('../features/status/BenchmarkPanel.tsx')).BenchmarkPanel })),
  },
  {
    id: 'rollouts',
    title: 'Rollouts',
    Panel: lazy(async () => ({ default: (await import('../features/rollouts/RolloutsPanel.tsx')).RolloutsPanel })),
  },
  {
    id: 'simulator',
    title: 'Simulator',
    Panel: lazy(async () => ({ default: (await import('../features/simulator/SimulatorPanel.tsx')).SimulatorPanel })),
  },
  {
    id: 'device',
    title: 'Device',
    Panel: lazy(async () => ({ default: (await import('../features/device/DevicePanel.tsx')).DevicePanel })),
  },
]

/** The tab with an id; the first for an unknown one. */
export function figureTab(id: string): FigureTab {
  return FIGURE_TABS.find((tab) => tab.id === id) ?? FIGURE_TABS[0]
}
