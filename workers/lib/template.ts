// `{{name}}` in an integration's JSON.
const PLACEHOLDER = /\{\{([a-z0-9_]+)\}\}/g;

/** @param value  what stands for a name; a name without one becomes empty */
export function fillTemplate(template: string, value: (name: string) => string | undefined): string {
	return template.replace(PLACEHOLDER, (_, name: string) => value(name) ?? '');
}
