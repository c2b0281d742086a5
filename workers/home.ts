// What a browser finds at the root: that this works, and where to go on.
import { VERSION } from './version.ts';

const HEADERS = {
	'content-type': 'text/html; charset=utf-8',
	'content-security-policy':
		"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
	'cache-control': 'no-store',
};

export function homePage(): Response {
	return new Response(PAGE, { headers: HEADERS });
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Patchbay</title>
<h1>Patchbay</h1>
<p>Version ${VERSION} is running: managed MCP servers for the accounts that you connect.</p>
<ul>
<li><a href="/openapi.json">openapi.json</a> describes the management API.</li>
<li><a href="/health">health</a> tells that this Worker is alive.</li>
</ul>
<p>Create an MCP server with <code>POST /integrated-account/:id/mcp</code>; the README shows how, and how to connect ChatGPT, Claude and Cursor to its URL.</p>
</html>
`;
