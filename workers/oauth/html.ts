// Pages that the Worker writes itself: escaped, without script, never framed, never kept.

/** Client names, redirect hosts and names of servers are other people's words. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A text that the script of a page adds a button to, which copies it. */
export function copyable(text: string): string {
	return `<div class="copyable"><pre tabindex="0">${escapeHtml(text)}</pre></div>`;
}

// No form-action: browsers apply it to where a form's answer redirects to, and to where that redirects in turn, which
// is the client's affair. All markup on the page is ours, so every form is too.
const contentSecurityPolicy = (scripts: "'none'" | "'self'") =>
	`default-src 'self'; script-src ${scripts}; object-src 'none'; base-uri 'none'; frame-ancestors 'none'`;

export const STYLE_PATH = '/connect/style.css';
/** The dashboard's colours, controls and modes are here too. */
const SHEETS = [STYLE_PATH, '/css/base.css', '/css/controls.css', '/css/modes.css'];

interface PageOptions {
	status?: number;
	headers?: Headers;
	/** Path of a script of this origin; without one, no script runs. */
	script?: string;
	/** Path of a page of this origin that the browser goes on to by itself. */
	goesTo?: string;
}

export function htmlPage(title: string, main: string, options: PageOptions = {}): Response {
	const { status = 200, headers = new Headers(), script, goesTo } = options;
	headers.set('content-type', 'text/html; charset=utf-8');
	headers.set('content-security-policy', contentSecurityPolicy(script ? "'self'" : "'none'"));
	headers.set('x-frame-options', 'DENY');
	headers.set('referrer-policy', 'no-referrer');
	headers.set('x-content-type-options', 'nosniff');
	headers.set('cache-control', 'no-store');
	const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
${SHEETS.map((path) => `<link rel="stylesheet" href="${path}">`).join('\n')}
${goesTo ? `<meta http-equiv="refresh" content="0; url=${escapeHtml(goesTo)}">` : ''}
${script ? `<script type="module" src="${script}"></script>` : ''}
</head>
<body>
<main class="sheet">
${main}
</main>
<div id="live" class="visually-hidden" role="status" aria-live="polite"></div>
</body>
</html>
`;
	return new Response(page, { status, headers });
}

export function stylesheet(): Response {
	return new Response(STYLE, {
		headers: {
			'content-type': 'text/css; charset=utf-8',
			'cache-control': 'public, max-age=3600',
			'x-content-type-options': 'nosniff',
		},
	});
}

// The dashboard's sheets lack the sheet itself, its facts, and the clients of a setup page. Each rule begins with .sheet, so
// that it is stronger than theirs.
const STYLE = `.sheet { max-width: 40rem; margin: 2rem auto; padding: 0 1rem 3rem; }
.sheet > * + * { margin-top: 1rem; }
.sheet h1 { font-size: 1.4rem; }
.sheet .brand { margin-bottom: -0.5rem; color: var(--muted); }
.sheet dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; }
.sheet dt { color: var(--muted); }
.sheet dd { overflow-wrap: anywhere; font-weight: 600; }
.sheet fieldset, .sheet > details, .sheet form details { border: 1px solid var(--line); border-radius: 10px; padding: 0.75rem 1rem; margin: 1rem 0; background: var(--surface); }
.sheet legend { padding: 0 0.4rem; margin-left: -0.4rem; }
.sheet form label { display: flex; gap: 0.5rem; padding: 0.15rem 0; align-items: flex-start; }
.sheet form label.token { display: block; font-weight: 500; margin-top: 1rem; }
.sheet small, .sheet .note { color: var(--muted); font-size: 13px; }
.sheet .warning, .sheet .fault { border-left: 4px solid var(--warn); padding: 0.25rem 0.75rem; background: var(--warn-soft); }
.sheet .fault { border-color: var(--bad); background: var(--bad-soft); font-weight: 600; }
.sheet .buttons { display: flex; gap: 0.5rem; margin-top: 1rem; }
.sheet .buttons button { min-width: 7rem; }
.sheet .label { font-weight: 500; }
.sheet .label + .copyable { margin-top: 0.25rem; }
.sheet .copyable { position: relative; border: 1px solid var(--line); border-radius: 7px; background: var(--sunken); }
.sheet .copyable pre { padding: 10px 92px 10px 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
.sheet .copyable .copy { position: absolute; top: 5px; right: 5px; }
.sheet .clients { display: flex; flex-wrap: wrap; gap: 0.35rem; }
.sheet .clients input { position: absolute; opacity: 0; }
.sheet .clients label { padding: 0.2rem 0.6rem; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.sheet .clients label:hover { border-color: var(--line-strong); }
.sheet .clients input:checked + label { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
.sheet .clients input:focus-visible + label { outline: 2px solid var(--accent); outline-offset: 2px; }
.sheet .panel { order: 1; width: 100%; display: none; margin-top: 0.5rem; }
.sheet .clients input:checked + label + .panel { display: block; }
.sheet .panel > * + * { margin-top: 0.75rem; }
.sheet .panel ol { list-style: decimal; padding-left: 1.25rem; overflow-wrap: anywhere; }
.sheet .panel li + li { margin-top: 0.25rem; }
.sheet .servers { padding-left: 1.25rem; list-style: disc; }
.sheet .servers li { padding: 0.2rem 0; }
.sheet .servers a, .sheet p a { text-decoration: underline; }
.sheet figure svg { display: block; width: 12rem; height: 12rem; stroke: none; }
.sheet figcaption { color: var(--muted); font-size: 13px; margin-top: 0.5rem; }
@media (forced-colors: active) {
.sheet .clients input:checked + label { outline: 2px solid Highlight; }
.sheet .warning, .sheet .fault { border: 1px solid CanvasText; }
}
@media print {
.sheet .clients label { display: none; }
.sheet .panel { display: block; }
}
`;
