// ServiceNow as its public documents describe it (https://www.servicenow.com/docs, "Table API"): texts of 32 hexadecimal
// digits as ids, encoded queries, records under `result`, the total in a header.
import { json, onceArmed, type SimulatedVendor, type VendorRequest } from './simulated-vendor.ts';

type Record32 = Record<string, string>;

/** A sys_id that tells table and number. */
export function sysId(table: string, number: number): string {
	return `${table}${String(number).padStart(32 - table.length, '0')}`;
}

export function serviceNow(): SimulatedVendor & { tickets: Record32[] } {
	const incidents: Record32[] = Array.from({ length: 23 }, (_, index) => ({
		sys_id: sysId('abc', index + 1),
		number: `INC00${10001 + index}`,
		short_description: `Incident ${index + 1}`,
		description: 'It smokes.',
		state: index % 4 === 0 ? '6' : '1',
		priority: '4',
		caller_id: sysId('e', 1),
		assigned_to: sysId('e', 1 + (index % 2)),
		company: sysId('c', 1),
		active: index % 4 === 0 ? 'false' : 'true',
		opened_at: '2026-11-20 08:00:00',
	}));
	const tables: Record<string, Record32[]> = {
		incident: incidents,
		sys_user: [
			{
				sys_id: sysId('e', 1),
				name: 'Jane Doe',
				user_name: 'jdoe',
				email: 'jane@acme.example',
				time_zone: 'US/Eastern',
			},
			{ sys_id: sysId('e', 2), name: 'Joe Bloggs', user_name: 'api', email: 'joe@acme.example', time_zone: '' },
		],
		core_company: [
			{ sys_id: sysId('c', 1), name: 'Acme' },
			{ sys_id: sysId('c', 2), name: 'Globex' },
		],
		sys_user_group: [{ sys_id: sysId('d', 1), name: 'Service Desk' }],
		sys_journal_field: [],
	};
	const limit = onceArmed();

	const holds = (row: Record32, term: string): boolean => {
		const [, field = '', operator = '', value = ''] = /^([a-z_.]+)(>=|<=|!=|=|LIKE|IN)(.*)$/.exec(term) ?? [];
		const own = row[field] ?? '';
		if (operator === '=') return own.toLowerCase() === value.toLowerCase();
		if (operator === '!=') return own !== value;
		if (operator === 'LIKE') return own.toLowerCase().includes(value.toLowerCase());
		if (operator === 'IN') return value.split(',').includes(own);
		return operator === '>=' ? own >= value : operator === '<=' ? own <= value : true;
	};
	/** `^` binds looser than `^OR`; `^^` is the character itself. */
	const matches = (row: Record32, query: string) =>
		query
			.replaceAll('^^', '\u0001')
			.split(/\^(?!OR(?!DER))/)
			.filter((part) => part !== '' && !part.startsWith('ORDERBY'))
			.every((part) => part.split('^OR').some((term) => holds(row, term.replaceAll('\u0001', '^'))));

	function list({ url }: VendorRequest, rows: Record32[]): Response {
		const found = rows.filter((row) => matches(row, url.searchParams.get('sysparm_query') ?? ''));
		const start = Number(url.searchParams.get('sysparm_offset') ?? 0);
		const size = Number(url.searchParams.get('sysparm_limit') ?? 10_000);
		const fields = url.searchParams.get('sysparm_fields')?.split(',');
		const chosen = (row: Record32) =>
			fields ? Object.fromEntries(fields.flatMap((name) => (name in row ? [[name, row[name]]] : []))) : row;
		return json(
			200,
			{ result: found.slice(start, start + size).map(chosen) },
			{ 'x-total-count': String(found.length) },
		);
	}

	function answer(request: VendorRequest): Response {
		const { method, url, headers, json: body } = request;
		const error = (status: number, message: string, detail: string | null = null) =>
			json(status, { error: { message, detail }, status: 'failure' });
		if (headers.get('authorization') !== `Basic ${btoa('api:snow-secret-1')}`)
			return error(401, 'User Not Authenticated', 'Required to provide Auth information');
		if (limit.fires()) return json(429, { error: { message: 'Rate limit exceeded' } }, { 'retry-after': '11' });
		const [table = '', id] = url.pathname.replace('/api/now/table/', '').split('/');
		const rows = tables[table];
		if (!rows) return error(400, `Invalid table ${table}`);
		const one = rows.find(({ sys_id }) => sys_id === id);
		if (method === 'GET') {
			if (id === undefined) return list(request, rows);
			return one
				? json(200, { result: one })
				: error(404, 'No Record found', 'Record does not exist or ACL restricts it');
		}
		const given = body as Record32;
		if (method === 'POST') {
			if (given.short_description === '!')
				return error(403, 'Operation Failed', 'Data Policy Exception: short_description is too short');
			const made = { ...given, sys_id: sysId('abc', 900 + rows.length), number: `INC00${20_000 + rows.length}` };
			rows.push(made);
			return json(201, { result: made });
		}
		if (!one) return error(404, 'No Record found');
		const { work_notes, comments, ...rest } = given;
		for (const [element, value] of Object.entries({ work_notes, comments }))
			if (value) tables.sys_journal_field?.push({ sys_id: sysId('f', 1), element, element_id: id ?? '', value });
		return json(200, { result: Object.assign(one, rest) });
	}

	return {
		credentials: { instance: 'acme', username: 'api', password: 'snow-secret-1' },
		answer,
		limitNext: limit.arm,
		tickets: incidents,
	};
}
