/** The look of the exported page: system fonts, light and dark as the reader's system is, fit for paper. */
export const style = `
:root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0; --paper: #fff; --band: #f6f8fa; --mark: #0969da; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f0f6fc; --quiet: #9198a1; --line: #3d444d; --paper: #0d1117; --band: #151b23; --mark: #4493f8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 1600px; background: var(--paper); color: var(--ink); font: 13px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 20px; overflow-wrap: anywhere; }
h2 { margin: 28px 0 8px; font-size: 15px; }
p { margin: 4px 0; max-width: 100ch; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 2px 12px 2px 0; text-align: left; vertical-align: top; white-space: nowrap; }
th { font-weight: 600; }
td.name, .facts td { white-space: normal; overflow-wrap: anywhere; }
td.name { min-width: 24ch; }
td.long { max-width: 24ch; overflow: hidden; text-overflow: ellipsis; }
th.number, td.number { text-align: right; }
.layers { overflow-x: auto; }
.layers table { width: 100%; }
.layers thead th { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line); }
.layers tbody tr:nth-child(even) { background: var(--band); }
.layers tbody tr:target { outline: 2px solid var(--mark); outline-offset: -2px; }
th button { all: unset; cursor: pointer; }
th button:focus-visible, input:focus-visible, a:focus-visible, .layers:focus-visible { outline: 2px solid var(--mark); }
th[aria-sort=ascending] button::after { content: ' \\25b2'; }
th[aria-sort=descending] button::after { content: ' \\25bc'; }
svg { display: block; fill: var(--mark); }
input { margin: 4px 0 8px; padding: 3px 6px; width: 40ch; max-width: 100%; font: inherit; color: inherit; background: var(--band); border: 1px solid var(--line); border-radius: 3px; }
ul { margin: 0; padding-left: 20px; }
li { margin: 2px 0; max-width: 120ch; overflow-wrap: anywhere; }
a { color: var(--mark); }
@media print { .layers { overflow: visible; } input { display: none; } .layers thead th { position: static; } }
`;
