// When a server or an API token ends: never, after a while, or at a date in the user's own time zone.
import { ApiFault } from './api.js';
import { h } from './dom.js';
import { field } from './form.js';
import { moment, timeZone, toLocalInput } from './format.js';

const DAY_MS = 86_400_000;

/** Minutes from now. */
const PRESETS = /** @type {const} */ ([
	['', 'Never'],
	['60', 'In an hour'],
	['1440', 'In a day'],
	['10080', 'In a week'],
	['43200', 'In 30 days'],
	['129600', 'In 90 days'],
]);

/** @param {string | null} before  the present moment of something that exists @param {string} hint  what happens then */
export function expiryFields(before, hint) {
	const select = h(
		'select',
		{},
		before !== null && h('option', { value: 'keep' }, `Unchanged: ${moment(before)}`),
		PRESETS.map(([value, label]) => h('option', { value }, label)),
		h('option', { value: 'date' }, 'On a date…'),
	);
	const date = h('input', { type: 'datetime-local' });
	const dateField = field({
		label: 'Date and time',
		control: date,
		hint: `In your time zone, ${timeZone()}.`,
		path: 'expires_at',
	});
	const selectField = field({
		label: 'Expires',
		control: select,
		hint,
		path: 'expires_at',
	});
	const update = () => {
		const isDate = select.value === 'date';
		dateField.hidden = !isDate;
		// The API's fault belongs to the field that is filled in.
		if (isDate) delete selectField.dataset.path;
		else selectField.dataset.path = 'expires_at';
		if (isDate && date.value === '') date.value = toLocalInput(new Date(Date.now() + 7 * DAY_MS));
	};
	select.addEventListener('change', update);
	update();
	return {
		element: h('div', {}, selectField, dateField),
		/** @returns {string | null | undefined} undefined leaves it unchanged */
		read() {
			if (select.value === 'keep') return undefined;
			if (select.value === '') return null;
			if (select.value !== 'date') return new Date(Date.now() + Number(select.value) * 60_000).toISOString();
			const chosen = new Date(date.value);
			if (Number.isNaN(chosen.getTime()))
				throw new ApiFault(400, 'invalid_input', 'choose a date and a time', [
					{ path: 'expires_at', message: 'choose a date and a time' },
				]);
			return chosen.toISOString();
		},
	};
}
