// The setup page of a server: adds a copy button to everything that is to be copied.
import { copyButton } from './ui.js';

for (const place of document.querySelectorAll('.copyable')) {
	const text = place.querySelector('pre')?.textContent ?? '';
	place.append(copyButton(text, 'Copy', 'Copied'));
}
