// Rules of sign-in: whom an identity provider lets in, and how far.
import { change } from '../api.js';
import { h } from '../dom.js';
import { choice, clearFaults, field, group, select, showFaults } from '../form.js';
import { reachFields, reachText } from '../reach-fields.js';
import { cell, rowHead, table } from '../table.js';
import { badge, busy, button, confirm, notice, toast } from '../ui.js';

/** @typedef {import('../../types.d.ts').AccountRecord} Account */
/** @typedef {import('../../types.d.ts').SignInRules} SignInRules */
/** @typedef {import('../../types.d.ts').SignInRule} SignInRule */
/** @typedef {import('../router.js').Visit} Visit */

/** @param {SignInRules} signIn @param {Account[]} accounts @param {Visit} visit */
export function signInSection(signIn, accounts, visit) {
	const { rules, provider } = signIn;
	const names = new Map(accounts.map(({ id, name }) => [id, name]));
	if (!provider && rules.length === 0) return null;
	return h(
		'section',
		{ class: 'section', 'aria-labelledby': 'rules-title' },
		h('h2', { id: 'rules-title' }, `Sign-in with ${provider?.label ?? 'an identity provider'}`),
		!provider &&
			notice('warn', h('p', {}, 'No identity provider is set up now, so nobody can sign in by these rules.')),
		rules.length === 0
			? notice('info', h('p', {}, 'Nobody is let in yet: each person needs a rule that names them, or an invitation.'))
			: table(
					['Who', 'Can', 'Reaches', 'Change'],
					rules.map((rule, index) => ruleRow(rule, index, signIn, names, visit)),
				),
		newRule(signIn, accounts, visit),
	);
}

const RULES = '/sign-in-rules';

const CAN = { manage: 'Manage everything', use: 'Use MCP servers', none: 'Nothing: kept out' };

/** @param {SignInRule} rule @param {number} index @param {SignInRules} signIn @param {Map<string, string>} names @param {Visit} visit */
function ruleRow(rule, index, { rules, updated_at }, names, visit) {
	const who = rule.email ?? (rule.email_domain ? `@${rule.email_domain}` : rule.group) ?? '';
	return h(
		'tr',
		{},
		rowHead(who, rule.group !== undefined && badge('neutral', 'group')),
		cell('Can', CAN[rule.scope]),
		cell('Reaches', rule.scope === 'none' ? '–' : reachText(rule, names), 'break'),
		cell('Change', [
			index > 0 &&
				button('Up', {
					class: 'small',
					'aria-label': `Move the rule for ${who} up`,
					onclick: () => move(moved(rules, index), updated_at, visit),
				}),
			button('Remove', {
				class: 'small danger-quiet',
				'aria-label': `Remove the rule for ${who}`,
				onclick: () => removeRule({ rules, updated_at }, index, who, visit),
			}),
		]),
	);
}

/** @param {SignInRule[]} rules @param {number} index @returns {SignInRule[]} */
function moved(rules, index) {
	const rest = rules.filter((_, other) => other !== index);
	return [...rest.slice(0, index - 1), ...rules.slice(index, index + 1), ...rest.slice(index - 1)];
}

/** @param {Pick<SignInRules, 'rules' | 'updated_at'>} signIn @param {number} index @param {string} who @param {Visit} visit */
async function removeRule({ rules, updated_at }, index, who, visit) {
	const isDone = await confirm({
		title: `Remove the rule for ${who}?`,
		text: h('p', {}, 'Whoever no other rule names is signed out at once, and their AI clients stop.'),
		action: 'Remove',
		run: () => change(RULES, { rules: rules.filter((_, other) => other !== index) }, updated_at),
	});
	if (!isDone) return;
	toast('The rule is removed');
	await visit.reload();
}

/** @param {SignInRule[]} rules @param {string | null} readAs @param {Visit} visit */
async function move(rules, readAs, visit) {
	await change(RULES, { rules }, readAs);
	toast('The rule is moved');
	await visit.reload();
}

const KINDS = /** @type {[string, string][]} */ ([
	['email', 'E-mail address'],
	['email_domain', 'Everybody of a domain'],
	['group', 'Group'],
]);

/** @param {SignInRules} signIn @param {Account[]} accounts @param {Visit} visit */
function newRule({ rules, updated_at }, accounts, visit) {
	const kind = select(KINDS);
	const who = h('input', { type: 'text', autocomplete: 'off' });
	const reach = reachFields(accounts, visit.signal);
	const submit = button('Add rule', { type: 'submit' });
	const whoField = field({
		label: 'Which',
		control: who,
		hint: 'As the identity provider says it: with Entra ID a group is its object id.',
		path: `rules.${rules.length}`,
	});
	const form = h(
		'form',
		{ class: 'card', novalidate: true, 'aria-labelledby': 'new-rule-title' },
		h('h3', { id: 'new-rule-title', class: 'card-title' }, 'Let people sign in'),
		h('p', { class: 'muted' }, 'The first rule in the list that names a person counts.'),
		field({ label: 'People by', control: kind }),
		whoField,
		group({
			legend: 'They can',
			path: 'scope',
			content: [
				choice({ type: 'radio', name: 'rule-scope', value: 'use', label: 'Use MCP servers', isChecked: true }),
				choice({
					type: 'radio',
					name: 'rule-scope',
					value: 'manage',
					label: 'Manage',
					hint: 'This dashboard as well.',
				}),
				choice({ type: 'radio', name: 'rule-scope', value: 'none', label: 'Nothing', hint: 'They are kept out.' }),
			],
		}),
		reach.element,
		h('div', { class: 'form-faults' }),
		submit,
	);
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearFaults(form);
		const scope = new FormData(form).get('rule-scope');
		const rule = { [kind.value]: who.value.trim(), scope, ...reach.read() };
		// Whoever is kept out must be named before a rule that lets them in.
		const changed = scope === 'none' ? [rule, ...rules] : [...rules, rule];
		whoField.dataset.path = `rules.${changed.indexOf(rule)}`;
		try {
			await busy(submit, 'Adding…', () => change(RULES, { rules: changed }, updated_at));
			toast('The rule is added');
			await visit.reload();
		} catch (error) {
			showFaults(form, error);
		}
	});
	return form;
}
