import { useMemo, useState } from 'react'
import { toCsv } from '../../core/report/csv.ts'
import { toLatex, toMarkdown } from '../../core/report/tables.ts'
import type { TextTable } from '../../core/report/tables.ts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { visualSegments } from '../../core/tokens/layout.ts'
import { commands } from '../../stores/commands.ts'
import { useEpisodeFrames } from '../../stores/episodeStore.ts'
import { currentPolicyShape } from '../../stores/layout.ts'
import { useMeasuredRun } from '../../stores/runStore.ts'
import type { RunOrigin } from '../../stores/runStore.ts'
import { describeSettings, settingsOfRun } from '../../stores/settings.ts'
import { useCurrentQuery } from '../../stores/shownQuery.ts'
import { useTriedStore } from '../../stores/triedStore.ts'
import { downloadFile } from '../../ui/download.ts'
import { bibtex, methodsSentence } from './citation.ts'
import styles from './export.module.css'
import { QUERY_COLUMNS, TOKEN_COLUMNS, queryRows, queryTable, tokenRows, triedTable } from './exportModel.ts'
import { figureStrip, stripSteps } from './figureStrip.ts'
import { htmlReport } from './htmlReport.ts'
import { renderPng, stripColumns } from './renderFigure.ts'

/** Frames of a strip that fit a page of a paper. */
const STRIP_FRAMES = 4

/** What leaves the page for a paper: a figure, numbers, tables and citations. All files are made here. */
export function ExportPanel() {
  const measured = useMeasuredRun()
  const figure = useFigure()
  const tried = useTriedTable(measured?.run.model.weightsSha256)
  if (!measured) return <p className="muted">There is no run to export yet.</p>
  const { run } = measured
  const settings = settingsOfRun(run)
  const label = settings ? describeSettings(settings) : { title: run.method.id, changes: '' }
  const name = `${run.method.id}-${run.episode ? `${run.episode.dataset}-${run.episode.index}` : 'run'}`
  const methods = methodsSentence(run, label, run.app.version)
  const citations = bibtex(run.method.id, run.method.preset, run.app.version, Number(run.createdAt.slice(0, 4)))
  const saveReport = () => {
    const report = htmlReport({
      title: [label.title, label.changes].filter(Boolean).join('; '),
      caption: describeRun(run, measured.origin),
      figure: figure?.svg,
      tables: [...(tried ? [tried] : []), queryTable(run)],
      methods,
      bibtex: citations,
      link: `${window.location.href.replace(/[?#].*/, '')}#${commands().readFragment()}`,
    })
    downloadFile(`${name}.html`, report, 'text/html')
  }
  const csv = (suffix: string, columns: readonly string[], rows: (string | number | undefined)[][]) =>
    downloadFile(`${name}-${suffix}.csv`, toCsv(columns, rows), 'text/csv')
  return (
    <section className={styles.panel} aria-label="Export" data-testid="export">
      <Figure name={name} figure={figure} />
      <section>
        <h3 className="section-title">Numbers of this run</h3>
        <div className={styles.buttons}>
          <button type="button" className="button" onClick={() => csv('queries', QUERY_COLUMNS, queryRows(run))}>
            Latency, agreement and controller, CSV
          </button>
          <button type="button" className="button" onClick={() => csv('tokens', TOKEN_COLUMNS, tokenRows(run))}>
            Tokens per layer, CSV
          </button>
          <button
            type="button"
            className="button"
            onClick={() => downloadFile(`${name}.json`, JSON.stringify(run), 'application/json')}
          >
            The whole run, JSON
          </button>
        </div>
      </section>
      <section>
        <h3 className="section-title">Report</h3>
        <div className={styles.buttons}>
          <button type="button" className="button" onClick={saveReport} data-testid="export-html">
            HTML report
          </button>
          <span className="muted">Figure, tables, methods and citations in one file that needs no network.</span>
        </div>
      </section>
      {tried && (
        <>
          <Text title="Settings tried, Markdown" text={toMarkdown(tried)} />
          <Text title="Settings tried, LaTeX" text={toLatex(tried)} />
        </>
      )}
      <Text title="Methods sentence" text={methods} />
      <Text title="BibTeX" text={citations} />
    </section>
  )
}

/** A figure with the link that it carries. */
interface LinkedFigure {
  svg: string
  fragment: string
}

/** The strip of the frame on the screen; undefined while no episode is open. */
function useFigure(): LinkedFigure | undefined {
  const current = useCurrentQuery()
  const episode = useEpisodeFrames()
  return useMemo(() => {
    if (!current || !episode) return undefined
    const { run, query } = current
    const settings = settingsOfRun(run)
    const label = settings ? describeSettings(settings) : { title: run.method.id, changes: '' }
    const steps = stripSteps(
      run.queries.map(({ step }) => step),
      query.step,
      STRIP_FRAMES,
    )
    const columns = stripColumns(run, episode, steps)
    if (columns.length === 0) return undefined
    const fragment = commands().readFragment()
    const style = getComputedStyle(document.documentElement)
    const svg = figureStrip(columns, {
      title: [label.title, label.changes].filter(Boolean).join('; '),
      caption: describeRun(run, current.origin),
      fragment,
      views: visualSegments(currentPolicyShape().layout),
      colorOf: (variable) => style.getPropertyValue(variable).trim(),
    })
    return { svg, fragment }
  }, [current, episode])
}

/** What was run, on what and by which policy, in one line. */
function describeRun(run: RunRecord, origin: RunOrigin): string {
  const { instruction, device, model } = run
  return `“${instruction}”, ${origin} on ${device.backend}, model ${model.id} (${model.weightsSha256.slice(0, 8)})`
}

function Figure({ name, figure }: { name: string; figure: LinkedFigure | undefined }) {
  const [failure, setFailure] = useState('')
  if (!figure) return <p className="muted">Open an episode to export a figure of it.</p>
  const savePng = async () => {
    try {
      downloadFile(`${name}.png`, await renderPng(figure.svg, figure.fragment), 'image/png')
      setFailure('')
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <section>
      <h3 className="section-title">Figure: frames by levels</h3>
      <div className={styles.buttons}>
        <button
          type="button"
          className="button"
          onClick={() => downloadFile(`${name}.svg`, figure.svg, 'image/svg+xml')}
          data-testid="export-svg"
        >
          SVG
        </button>
        <button type="button" className="button" onClick={() => void savePng()} data-testid="export-png">
          PNG
        </button>
        <span className="muted">Drop either file on this page and it opens this view again.</span>
        {failure && <span role="alert">{failure}</span>}
      </div>
      <img
        className={styles.figure}
        alt="Preview of the figure"
        src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(figure.svg)}`}
      />
    </section>
  )
}

/** Everything that was tried on the open episode with one policy; undefined if that is nothing. */
function useTriedTable(weightsSha256: string | undefined): TextTable | undefined {
  const runs = useTriedStore((state) => state.runs)
  const episode = useEpisodeFrames()
  return useMemo(() => {
    const here = runs.filter(
      ({ episodeKey, run }) => episodeKey === episode?.key && run.model.weightsSha256 === weightsSha256,
    )
    return here.length > 0 ? triedTable(here, `episode ${episode?.key ?? ''}`) : undefined
  }, [runs, episode, weightsSha256])
}

/** A text to copy. */
function Text({ title, text }: { title: string; text: string }) {
  const [copied, setCopied] = useState<string>()
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(text),
      () => setCopied(undefined),
    )
  }
  return (
    <section>
      <h3 className="section-title">{title}</h3>
      <textarea
        className={styles.text}
        readOnly
        aria-label={title}
        rows={Math.min(10, text.split('\n').length + 1)}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={copy}>
          Copy
        </button>
        <span role="status" className="muted">
          {copied === text ? 'Copied.' : ''}
        </span>
      </div>
    </section>
  )
}
