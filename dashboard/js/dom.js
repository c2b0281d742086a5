// Makes elements. Strings always become text, never HTML.

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, unknown>} Props  `on…` functions become listeners; true sets an attribute, false leaves it out */

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
	const element = document.createElement(tag);
	setProps(element, props);
	append(element, children);
	return element;
}

/**
 * @param {string} tag
 * @param {Props} [props]
 * @param {...(Child | Child[])} children
 * @returns {SVGElement}
 */
export function svg(tag, props = {}, ...children) {
	const element = /** @type {SVGElement} */ (document.createElementNS(SVG_NAMESPACE, tag));
	setProps(element, props);
	append(element, children);
	return element;
}

/** @param {Element} element @param {Props} props */
function setProps(element, props) {
	for (const [name, value] of Object.entries(props)) {
		if (value === undefined || value === null || value === false) continue;
		if (typeof value === 'function') element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
		else if (name === 'value') /** @type {HTMLInputElement} */ (element).value = String(value);
		else element.setAttribute(name, value === true ? '' : String(value));
	}
}

/** @param {Element} parent @param {(Child | Child[])[]} children */
export function append(parent, children) {
	for (const child of children.flat()) {
		if (child === null || child === undefined || child === false) continue;
		parent.append(typeof child === 'number' ? String(child) : child);
	}
}

/** Replaces an element's content. @param {Element} parent @param {...(Child | Child[])} children */
export function fill(parent, ...children) {
	parent.replaceChildren();
	append(parent, children);
}

/** Makes screen readers say a text, wherever the focus is. @param {string} text */
export function announce(text) {
	const live = document.getElementById('live');
	if (!live) return;
	live.textContent = '';
	// A screen reader repeats the same text only if it was cleared in between.
	setTimeout(() => {
		live.textContent = text;
	}, 30);
}

let lastId = 0;

/** An id for `for` and `aria-describedby`. @param {string} prefix */
export function uniqueId(prefix) {
	lastId += 1;
	return `${prefix}-${lastId}`;
}
