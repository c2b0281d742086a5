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

/** Style sheets of the dashboard, served from its folder: colours, controls and modes, and the sheet of these pages. */
const SHEETS = ['/css/sheet.css', '/css/base.css', '/css/controls.css', '/css/modes.css'];

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
