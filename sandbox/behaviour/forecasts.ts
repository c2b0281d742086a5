// What an opportunity is expected to bring: one forecast per opportunity, its items inside it, each with its own address.

import type { ApiAnswer } from '../http/answers.ts';
import { answerObject, parseBody } from '../http/answers.ts';
import { applyPatch } from '../http/patch.ts';
import { invalidObject, notFound } from '../schema/errors.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import { schemaOf } from '../schema/schemas.ts';
import type { Action, Handlers } from './action.ts';
import { NO_CONTENT, readBody, requireOne, success } from './action.ts';
import { present } from './present.ts';
import { saveRecord } from './records.ts';
import type { Stored } from './store.ts';
import type { Context } from './writing.ts';
import { readActionBody } from './writing.ts';

const FORECASTS = '/sales/opportunities/*/forecast';
const NOUN = 'forecastItem';

function forecastOf(context: Context, opportunityId: number): Stored {
	requireOne(context, '/sales/opportunities', opportunityId);
	const known = context.store.where(FORECASTS, 'hiddenParentId', opportunityId)[0];
	return known ?? { id: opportunityId, hiddenParentId: opportunityId, forecastItems: [] };
}

const itemsOf = ({ forecastItems }: JsonObject): JsonObject[] =>
	Array.isArray(forecastItems) ? forecastItems.filter(isObject) : [];

const cents = (amount: number): number => Math.round(amount * 100) / 100;

function save(context: Context, forecast: Stored, items: JsonObject[]): Stored {
	const revenue = items.reduce((sum, item) => sum + Number(item.revenue ?? 0), 0);
	const recurringTotal = items.reduce((sum, item) => sum + Number(item.recurringRevenue ?? 0), 0);
	const salesTaxRevenue = cents(revenue * 0.06);
	const forecastTotalWithTaxes = cents(revenue + salesTaxRevenue);
	const totals = { recurringTotal: cents(recurringTotal), salesTaxRevenue, forecastTotalWithTaxes };
	return saveRecord(context, FORECASTS, { ...forecast, forecastItems: items, ...totals }, 'forecast changed');
}

function readItem(context: Context, value: Json, opportunityId: number, id: number): JsonObject {
	const body = isObject(value) ? value : {};
	const full = { ...body, opportunity: { id: opportunityId } };
	const { values, faults } = readActionBody(context, 'facts:ForecastItem', NOUN, full);
	if (faults.length > 0) throw invalidObject(NOUN, faults);
	return { includeFlag: true, ...values, id };
}

/** Ids of items count over all opportunities. */
function nextItemId({ store }: Context): number {
	return Math.max(0, ...store.all(FORECASTS).flatMap((one) => itemsOf(one).map(({ id }) => Number(id)))) + 1;
}

function shownForecast(context: Context, forecast: Stored, status = 200): ApiAnswer {
	return { status, body: present(context.store, FORECASTS, forecast) };
}

/** The items of a body take their places behind those that are there, or instead of them. */
function addItems(action: Action, kept: 'all' | 'none', status: number): ApiAnswer {
	const { context, request, ids } = action;
	const opportunityId = ids[0] ?? 0;
	const forecast = forecastOf(context, opportunityId);
	const body = parseBody(request);
	const given = isObject(body) && Array.isArray(body.forecastItems) ? body.forecastItems : [];
	const first = nextItemId(context);
	const items = given.map((item, index) => readItem(context, item, opportunityId, first + index));
	return shownForecast(
		context,
		save(context, forecast, [...(kept === 'all' ? itemsOf(forecast) : []), ...items]),
		status,
	);
}

function requireItem({ context, ids }: Action): { forecast: Stored; items: JsonObject[]; item: JsonObject } {
	const forecast = forecastOf(context, ids[0] ?? 0);
	const items = itemsOf(forecast);
	const item = items.find(({ id }) => id === ids[1]);
	if (!item) throw notFound('Forecast Item', ids[1] ?? 0);
	return { forecast, items, item };
}

function shownItem(action: Action, id: Json | undefined, status = 200): ApiAnswer {
	const { context, request, ids } = action;
	const view = present(context.store, FORECASTS, forecastOf(context, ids[0] ?? 0));
	const item = itemsOf(view).find((one) => one.id === id) ?? {};
	return answerObject(request, item, 'facts:ForecastItem', status);
}

function changeItem(action: Action): ApiAnswer {
	const { context, request, ids } = action;
	const { forecast, items, item } = requireItem(action);
	const names = new Set([...schemaOf('facts:ForecastItem').values()].map(({ name }) => name));
	const body = parseBody(request);
	const changed = Array.isArray(body) ? applyPatch(item, body, names).record : body;
	const read = readItem(context, changed, ids[0] ?? 0, Number(item.id));
	save(
		context,
		forecast,
		items.map((one) => (one.id === item.id ? read : one)),
	);
	return shownItem(action, item.id);
}

export const FORECAST_HANDLERS: Handlers = {
	[`POST ${FORECASTS}`]: (action) => addItems(action, 'all', 201),
	[`PUT ${FORECASTS}`]: (action) => addItems(action, 'none', 200),
	[`PATCH ${FORECASTS}`]: (action) => {
		const { context, request, ids } = action;
		const forecast = forecastOf(context, ids[0] ?? 0);
		const names = new Set([...schemaOf('facts:Forecast').values()].map(({ name }) => name));
		const { record } = applyPatch(forecast, parseBody(request), names);
		const items = itemsOf(record).map((item, index) =>
			readItem(context, item, ids[0] ?? 0, Number(item.id ?? nextItemId(context) + index)),
		);
		return shownForecast(context, save(context, { ...record, id: forecast.id }, items));
	},
	[`DELETE ${FORECASTS}`]: ({ context, ids }) => {
		save(context, forecastOf(context, ids[0] ?? 0), []);
		return NO_CONTENT;
	},
	[`GET ${FORECASTS}/*`]: (action) => shownItem(action, requireItem(action).item.id),
	[`POST ${FORECASTS}/*`]: (action) => {
		const { context, ids } = action;
		const forecast = forecastOf(context, ids[0] ?? 0);
		const id = nextItemId(context);
		const item = readItem(context, readBody(action, NOUN), ids[0] ?? 0, id);
		save(context, forecast, [...itemsOf(forecast), item]);
		return shownItem(action, id, 201);
	},
	[`PATCH ${FORECASTS}/*`]: changeItem,
	[`PUT ${FORECASTS}/*`]: changeItem,
	[`DELETE ${FORECASTS}/*`]: (action) => {
		const { forecast, items, item } = requireItem(action);
		save(
			action.context,
			forecast,
			items.filter((one) => one !== item),
		);
		return NO_CONTENT;
	},
	[`POST ${FORECASTS}/copy/*`]: (action) => {
		const { context } = action;
		const { forecast, items, item } = requireItem(action);
		save(context, forecast, [...items, { ...item, id: nextItemId(context) }]);
		return success(`Forecast item ${item.id} was copied.`);
	},
};
