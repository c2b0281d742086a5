// The buyer's side: catalog, warehouses, stock, purchase orders, products on tickets and orders.

import type { Stored } from '../behaviour/store.ts';
import type { JsonObject } from '../schema/json.ts';
import { FIRST_VENDOR } from './seed-basics.ts';
import type { Seeding } from './seed-support.ts';
import { ACME, cents, customFields, DAY_MS, day, FIRST_COMPANY, refersTo, stamps, USD } from './seed-support.ts';

/** `identifier|description|subcategory|type|class|price|cost|manufacturer|vendor`; the first is catalog item 1. */
const CATALOG = [
	'LAPTOP-14|Business laptop 14 inch, 16 GB|1|1|Inventory|1299|985|2|0',
	'DESK-MINI|Mini desktop, 16 GB|1|1|Inventory|849|640|2|0',
	'DOCK-USBC|USB-C docking station|1|1|Inventory|199|132|2|0',
	'MON-27|27 inch monitor|1|1|Inventory|289|205|2|0',
	'SRV-1U|Rack server 1U, 64 GB|2|1|Inventory|4890|3950|1|0',
	'UPS-1500|UPS 1500 VA|2|1|Inventory|469|338|1|0',
	'FW-60|Firewall, small office|3|1|Inventory|795|560|3|1',
	'SW-24P|Switch 24 ports, PoE|3|1|Inventory|620|430|3|1',
	'AP-6|Wireless access point|3|1|Inventory|219|148|3|1',
	'PRN-404|Laser printer|4|1|Inventory|389|280|4|3',
	'TONER-404|Toner for laser printer|4|2|NonInventory|129|88|4|3',
	'CLOUD-BIZ|Cloud office suite, per user and month|5|2|Agreement|22|17.6|5|2',
	'EDR-SEAT|Endpoint protection, per device and month|6|2|Agreement|6.5|3.1|5|2',
	'BACKUP-SRV|Server backup, per server and month|8|2|Agreement|95|41|5|2',
	'BACKUP-WS|Workstation backup, per device and month|8|2|Agreement|12|4.8|5|2',
	'MGD-WS|Managed workstation, per device and month|7|3|Agreement|45|18|5|2',
	'MGD-SRV|Managed server, per server and month|7|3|Agreement|160|70|5|2',
	'LABOR-NET|Network installation, per hour|9|3|Service|175|60|5|0',
	'CABLE-CAT6|Category 6 cable, per foot|10|2|NonInventory|0.95|0.4|3|1',
	'SSL-1Y|Certificate, one year|5|2|NonInventory|149|70|5|2',
] as const;

export const catalogItem = (identifier: string): { id: number; price: number; cost: number; description: string } => {
	const index = CATALOG.findIndex((line) => line.startsWith(`${identifier}|`));
	const [, description = '', , , , price, cost] = (CATALOG[index] ?? '').split('|');
	return { id: index + 1, description, price: Number(price), cost: Number(cost) };
};

export function addCatalog({ nowMs, add }: Seeding): void {
	CATALOG.forEach((line, index) => {
		const [identifier = '', description = '', subcategory, type, productClass = '', price, cost, maker, vendor] =
			line.split('|');
		const isRecurring = productClass === 'Agreement';
		add('/procurement/catalog', {
			id: index + 1,
			identifier,
			description,
			customerDescription: description,
			inactiveFlag: false,
			subcategory: { id: Number(subcategory) },
			category: {
				id: Number(subcategory) <= 4 ? 1 : Number(subcategory) <= 6 ? 2 : Number(subcategory) === 10 ? 4 : 3,
			},
			type: { id: Number(type) },
			productClass,
			serializedFlag: /^(?:LAPTOP|SRV|FW)/.test(identifier),
			unitOfMeasure: { id: identifier.startsWith('CABLE') ? 4 : identifier.startsWith('LABOR') ? 3 : 1 },
			minStockLevel: productClass === 'Inventory' ? 2 : 0,
			price: Number(price),
			cost: Number(cost),
			taxableFlag: productClass !== 'Service',
			manufacturer: { id: Number(maker) },
			manufacturerPartNumber: `${identifier}-A`,
			vendor: { id: FIRST_VENDOR + Number(vendor) },
			vendorSku: `V-${identifier}`,
			recurringFlag: isRecurring,
			...(isRecurring && {
				recurringRevenue: Number(price),
				recurringCost: Number(cost),
				recurringBillCycle: { id: 1 },
				recurringCycleType: 'CalendarYear',
			}),
			billableOption: 'Billable',
			customFields: customFields('/procurement/catalog', {}),
			_info: stamps(nowMs - 500 * DAY_MS, 'klee'),
		});
	});
}

export function addWarehouses({ add, made }: Seeding): void {
	const own = { company: { id: FIRST_COMPANY }, location: { id: 11 }, currency: USD };
	const rest = { manager: { id: 159 }, inactiveFlag: false, lockedFlag: false };
	['Tampa Warehouse', 'Service Van 1'].forEach((name, index) => {
		add('/procurement/warehouses', {
			id: index + 1,
			name,
			...own,
			department: { id: 1 },
			...rest,
			locationDefaultFlag: index === 0,
			overallDefaultFlag: index === 0,
		});
	});
	['Shelf A', 'Shelf B', 'Staging', 'Van stock'].forEach((name, index) => {
		add('/procurement/warehouseBins', {
			id: index + 1,
			name,
			warehouse: { id: index === 3 ? 2 : 1 },
			location: { id: 11 },
			department: { id: 1 },
			minQuantity: 0,
			maxQuantity: 100,
			quantityOnHand: 8 + index * 3,
			defaultFlag: index === 0,
			inactiveFlag: false,
		});
	});
	for (const item of made('/procurement/catalog').filter(({ productClass }) => productClass === 'Inventory')) {
		const catalogItem = { id: item.id };
		const place = { warehouse: { id: 1 }, warehouseBin: { id: 1 + (item.id % 3) } };
		const onHand = (item.id * 7) % 11;
		add('/procurement/catalog/*/inventory', { id: item.id, hiddenParentId: item.id, catalogItem, ...place, onHand });
		add('/procurement/warehouseBins/*/inventoryOnHand', {
			id: item.id,
			catalogItem,
			...place,
			onHand,
		});
		add('/procurement/catalog/*/minimumStockByWarehouse', {
			id: item.id,
			hiddenParentId: item.id,
			warehouse: { id: 1 },
			minimumStock: 2,
		});
		if (item.serializedFlag !== true) continue;
		add('/procurement/onhandserialnumbers', { id: item.id, serial: `SN${70_000 + item.id}`, catalogItem, ...place });
	}
}

const ORDERED = ['LAPTOP-14', 'FW-60', 'SW-24P', 'DOCK-USBC', 'MON-27', 'TONER-404', 'AP-6', 'UPS-1500'];

export function addPurchaseOrders({ nowMs, random, add, made }: Seeding): void {
	let lineId = 1;
	for (let index = 0; index < 12; index++) {
		const id = 601 + index;
		// The oldest are closed, the newest just made.
		const statusId = index < 5 ? 5 : index < 8 ? 4 : index < 10 ? 2 : 1;
		const age = (12 - index) * 9;
		const vendorId = FIRST_VENDOR + (index % 2);
		const lines = Array.from({ length: 1 + (index % 3) }, (_, number) => {
			const item = catalogItem(ORDERED[(index + number * 3) % ORDERED.length] ?? 'MON-27');
			return { item, quantity: 1 + random.below(6), id: lineId++ };
		});
		const subTotal = cents(lines.reduce((sum, { item, quantity }) => sum + item.cost * quantity, 0));
		const received = statusId >= 4;
		add('/procurement/purchaseorders', {
			id,
			poNumber: `PO-${2400 + index}`,
			poDate: day(nowMs, -age),
			status: { id: statusId },
			closedFlag: statusId === 5,
			...(statusId === 5 && { dateClosed: day(nowMs, 12 - age), closedBy: 'bjohnson' }),
			terms: { id: 1 },
			vendorCompany: { id: vendorId },
			vendorSite: siteOf(made('sites'), vendorId),
			vendorOrderNumber: statusId > 1 ? `SO${88_000 + index}` : null,
			warehouse: { id: 1 },
			location: { id: 11 },
			locationId: 11,
			businessUnit: { id: 1 },
			businessUnitId: 1,
			shipmentMethod: { id: 1 },
			trackingNumber: statusId > 1 ? `TRK${100_000 + index * 37}` : null,
			enteredBy: 'bjohnson',
			subTotal,
			freightCost: 25,
			salesTax: cents(subTotal * 0.06),
			total: cents(subTotal * 1.06 + 25),
			taxCode: { id: 8 },
			currency: USD,
			dropShipCustomerFlag: false,
			internalNotes: index === 11 ? 'Waiting for approval of the order.' : null,
			customFields: customFields('/procurement/purchaseorders', {}),
			_info: stamps(nowMs - age * DAY_MS, 'bjohnson'),
		});
		lines.forEach(({ item, quantity, id: line }, number) => {
			add('/procurement/purchaseorders/*/lineitems', {
				id: line,
				purchaseOrderId: id,
				purchaseOrderNumber: `PO-${2400 + index}`,
				lineNumber: number + 1,
				product: { id: item.id },
				description: item.description,
				quantity,
				receivedQuantity: received ? quantity : 0,
				receivedStatus: received ? 'FullyReceived' : 'Waiting',
				...(received && { dateReceived: day(nowMs, 8 - age) }),
				expectedShipDate: day(nowMs, 5 - age),
				unitCost: item.cost,
				extCost: cents(item.cost * quantity),
				unitOfMeasure: { id: 1 },
				warehouse: { id: 1 },
				warehouseBin: { id: 1 },
				closedFlag: statusId === 5,
				canceledFlag: false,
				backorderedFlag: false,
			});
		});
	}
}

export const siteOf = (sites: readonly Stored[], companyId: number): JsonObject | null => {
	const site = sites.find(({ company }) => refersTo(company, companyId));
	return site ? { id: site.id } : null;
};

/** What was sold: on a ticket, an opportunity, an order, a project. */
export type Sold = { identifier: string; quantity: number; on: JsonObject; companyId: number };

export function addProduct({ nowMs, add, made }: Seeding, { identifier, quantity, on, companyId }: Sold): Stored {
	const item = catalogItem(identifier);
	return add('/procurement/products', {
		id: made('/procurement/products').length + 701,
		catalogItem: { id: item.id },
		description: item.description,
		customerDescription: item.description,
		quantity,
		unitOfMeasure: { id: 1 },
		price: item.price,
		cost: item.cost,
		extPrice: cents(item.price * quantity),
		extCost: cents(item.cost * quantity),
		margin: cents((item.price - item.cost) * quantity),
		billableOption: 'Billable',
		location: { id: 11 },
		locationId: 11,
		businessUnit: { id: 1 },
		businessUnitId: 1,
		vendor: { id: FIRST_VENDOR },
		taxableFlag: true,
		cancelledFlag: false,
		dropshipFlag: false,
		specialOrderFlag: false,
		company: { id: companyId },
		purchaseDate: day(nowMs, -10),
		...on,
		customFields: customFields('/procurement/products', {}),
		_info: stamps(nowMs - 10 * DAY_MS, 'bjohnson'),
	});
}

export function addTicketProducts(seeding: Seeding): void {
	const on = { chargeToType: 'Ticket', chargeToId: 14059, ticket: { id: 14059 } };
	addProduct(seeding, { identifier: 'DOCK-USBC', quantity: 1, on, companyId: ACME });
	addProduct(seeding, { identifier: 'MON-27', quantity: 2, on, companyId: ACME });
	const other = { chargeToType: 'Ticket', chargeToId: 15992, ticket: { id: 15992 } };
	addProduct(seeding, { identifier: 'SSL-1Y', quantity: 1, on: other, companyId: ACME });
}
