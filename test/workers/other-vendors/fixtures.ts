// The folders of other vendors as an installation has them that keeps its own outside the checkout.
import { type FolderFiles, outsideFolders } from '../../../workers/integration/outside-folders.ts';
import { mockVendor, type VendorCall } from '../support.ts';
import { autotask } from './autotask.ts';
import { haloPsa } from './halopsa.ts';
import { hubSpot } from './hubspot.ts';
import { serviceNow } from './servicenow.ts';
import type { SimulatedVendor } from './simulated-vendor.ts';
import { zendesk } from './zendesk.ts';

const FILES = import.meta.glob<unknown>(
	'../../fixtures/integrations/{halopsa,autotask,zendesk,servicenow,hubspot}/**/*.json',
);

export const VENDORS = { halopsa: haloPsa, autotask, zendesk, servicenow: serviceNow, hubspot: hubSpot };

export function installVendors(): void {
	for (const name of Object.keys(VENDORS)) {
		const folder = `../../fixtures/integrations/${name}/`;
		const files = Object.entries(FILES).filter(([path]) => path.startsWith(folder));
		const known: FolderFiles = Object.fromEntries(files.map(([path, load]) => [path.slice(folder.length), load]));
		outsideFolders.set(name, known);
	}
}

/** The vendor behind every address that a request goes to. @returns what it is sent */
export function listenAs(vendor: SimulatedVendor): VendorCall[] {
	return mockVendor(({ method, url, headers, body }) => {
		const json = /^[[{]/.test(body) ? (JSON.parse(body) as unknown) : null;
		return vendor.answer({ method, url: new URL(url), headers, text: body, json });
	});
}
