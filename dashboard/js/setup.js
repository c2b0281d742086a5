// The setup page of a server: adds a copy button to everything that is to be copied, and draws the page's QR code.
import { copyButton } from './ui.js';
import { renderSVG } from './vendor/uqr.js';

for (const place of document.querySelectorAll('.copyable')) {
	const text = place.querySelector('pre')?.textContent ?? '';
	place.append(copyButton(text, 'Copy', 'Copied'));
}

const elsewhere = document.querySelector('.qr-code');
const serverUrl = document.querySelector('.copyable pre')?.textContent;
if (elsewhere instanceof HTMLElement && serverUrl) {
	const svg = new DOMParser().parseFromString(renderSVG(serverUrl, { border: 2 }), 'image/svg+xml').documentElement;
	svg.setAttribute('role', 'img');
	svg.setAttribute('aria-label', 'QR code of the server URL');
	elsewhere.querySelector('figure')?.prepend(svg);
	elsewhere.hidden = false;
}
