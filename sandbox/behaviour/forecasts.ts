// Forecasts: one for each opportunity, with items inside it that each have an address of their own.

import type { Json, JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import { invalidObject, notFound } from '../schema/vendor-errors.ts';
import type { ApiAnswer } from './answers.ts';
import { answerObject, parseBody } from './answers.ts';
import type { Context } from './context.ts';
import type { Handlers, OperationCall } from './operation-call.ts';
import { NO_CONTENT, readBody, requireOne, success } from './operation-call.ts';
import { applyPatch } from './patch.ts';
import { saveRecord } from './record-changes.ts';
import { readActionBody } from './record-input.ts';
import { present } from './record-views.ts';
import type { Stored } from './store.ts';

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
	const { values, faults } = readActionBody(context, 'ForecastItem', NOUN, full);
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
function addItems(call: OperationCall, kept: 'all' | 'none', status: number): ApiAnswer {
	const { context, request, ids } = call;
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

function requireItem({ context, ids }: OperationCall): { forecast: Stored; items: JsonObject[]; item: JsonObject } {
	const forecast = forecastOf(context, ids[0] ?? 0);
	const items = itemsOf(forecast);
	const item = items.find(({ id }) => id === ids[1]);
	if (!item) throw notFound('Forecast Item', ids[1] ?? 0);
	return { forecast, items, item };
}

function shownItem(call: OperationCall, id: Json | undefined, status = 200): ApiAnswer {
	const { context, request, ids } = call;
	const view = present(context.store, FORECASTS, forecastOf(context, ids[0] ?? 0));
	const item = itemsOf(view).find((one) => one.id === id) ?? {};
	return answerObject(request, item, 'ForecastItem', status);
}

function changeItem(call: OperationCall): ApiAnswer {
	const { context, request, ids } = call;
	const { forecast, items, item } = requireItem(call);
	const names = new Set([...schemaOf('ForecastItem').values()].map(({ name }) => name));
	const body = parseBody(request);
	const changed = Array.isArray(body) ? applyPatch(item, body, names).record : body;
	const read = readItem(context, changed, ids[0] ?? 0, Number(item.id));
	save(
		context,
		forecast,
		items.map((one) => (one.id === item.id ? read : one)),
	);
	return shownItem(call, item.id);
}

export const FORECAST_HANDLERS: Handlers = {
	[`POST ${FORECASTS}`]: (call) => addItems(call, 'all', 201),
	[`PUT ${FORECASTS}`]: (call) => addItems(call, 'none', 200),
	[`PATCH ${FORECASTS}`]: (call) => {
		const { context, request, ids } = call;
		const forecast = forecastOf(context, ids[0] ?? 0);
		const names = new Set([...schemaOf('Forecast').values()].map(({ name }) => name));
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
	[`GET ${FORECASTS}/*`]: (call) => shownItem(call, requireItem(call).item.id),
	[`POST ${FORECASTS}/*`]: (call) => {
		const { context, ids } = call;
		const forecast = forecastOf(context, ids[0] ?? 0);
		const id = nextItemId(context);
		const item = readItem(context, readBody(call, NOUN), ids[0] ?? 0, id);
		save(context, forecast, [...itemsOf(forecast), item]);
		return shownItem(call, id, 201);
	},
	[`PATCH ${FORECASTS}/*`]: changeItem,
	[`PUT ${FORECASTS}/*`]: changeItem,
	[`DELETE ${FORECASTS}/*`]: (call) => {
		const { forecast, items, item } = requireItem(call);
		save(
			call.context,
			forecast,
			items.filter((one) => one !== item),
		);
		return NO_CONTENT;
	},
	[`POST ${FORECASTS}/copy/*`]: (call) => {
		const { context } = call;
		const { forecast, items, item } = requireItem(call);
		save(context, forecast, [...items, { ...item, id: nextItemId(context) }]);
		return success(`Forecast item ${item.id} was copied.`);
	},
};
