// Pages that the Worker writes itself: escaped, without script, never framed, never kept.

/** Client names, redirect hosts and names of servers are other people's words. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

// No form-action: browsers apply it to where a form's answer redirects to, and to where that redirects in turn, which
// is the client's affair. Nothing on the page is anybody else's markup, so no form is either.
const CONTENT_SECURITY_POLICY =
	"default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export const STYLE_PATH = '/connect/style.css';

export function htmlPage(title: string, main: string, { status = 200, headers = new Headers() } = {}): Response {
	headers.set('content-type', 'text/html; charset=utf-8');
	headers.set('content-security-policy', CONTENT_SECURITY_POLICY);
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
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<main>
${main}
</main>
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

const STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 36rem; margin: 2rem auto; padding: 0 1rem 3rem; }
h1 { font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; }
dt { opacity: 0.75; }
dd { margin: 0; overflow-wrap: anywhere; font-weight: 600; }
fieldset { border: 1px solid #8886; border-radius: 6px; margin: 1rem 0; padding: 0.5rem 1rem 0.75rem; }
legend { font-weight: 600; padding: 0 0.4rem; }
details { border: 1px solid #8886; border-radius: 6px; padding: 0.5rem 1rem; }
summary { font-weight: 600; cursor: pointer; }
fieldset label, details label { display: block; padding: 0.15rem 0; }
label.token { display: block; font-weight: 600; margin-top: 1rem; }
input[type=password] { display: block; box-sizing: border-box; width: 100%; font: inherit; padding: 0.5rem; margin-top: 0.25rem; }
small { opacity: 0.75; }
.warning, .fault { border-left: 4px solid #c60; padding: 0.25rem 0.75rem; }
.fault { border-color: #c22; font-weight: 600; }
button { font: inherit; padding: 0.5rem 1.25rem; margin: 1rem 0.5rem 0 0; }
:focus-visible { outline: 3px solid #06c; outline-offset: 2px; }
`;
