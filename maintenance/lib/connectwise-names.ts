// Names for the operations of ConnectWise PSA: a rule turns a vendor path into a resource and a method.
// The tables hold what the rule cannot know: words run together, names that would clash or grow too long.

/** Segments that the vendor writes without capitals between the words. */
const WORDS: Record<string, string> = {
	activitystopwatches: 'activity_stopwatches',
	agreementrecap: 'agreement_recaps',
	agreementrecaps: 'agreement_recaps',
	allowedfiletypes: 'allowed_file_types',
	allowedorigins: 'allowed_origins',
	audittrail: 'audit_trail',
	boardtypes: 'board_types',
	calculatesla: 'sla_calculation',
	calendarsync: 'calendar_sync',
	changelogs: 'change_logs',
	changeorder: 'change_orders',
	changeorders: 'change_orders',
	connectwisehostedscreens: 'hosted_screens',
	connectwisehostedsetups: 'hosted_setups',
	contactsync: 'contact_sync',
	customfieldinfos: 'custom_fields',
	cwtimezones: 'time_zones',
	departmentlocations: 'department_locations',
	emailtemplates: 'email_templates',
	entitytypes: 'entity_types',
	fileuploadsettings: 'file_upload_settings',
	financialrecap: 'financial_recap',
	getdefinition: 'definitions',
	getemails: 'emails',
	glaccounts: 'gl_accounts',
	glcaptions: 'gl_captions',
	glentries: 'gl_entries',
	glpaths: 'gl_paths',
	googleemailsetup: 'google_email_setups',
	holidaylists: 'holiday_lists',
	integratorlogins: 'integrator_logins',
	invoicegrouping: 'invoice_groupings',
	knowledgebasearticles: 'knowledge_base_articles',
	knowledgebasecategories: 'knowledge_base_categories',
	knowledgebasesubcategories: 'knowledge_base_subcategories',
	knowledgebasesettings: 'knowledge_base_settings',
	lineitems: 'line_items',
	m365contact: 'm365_contacts',
	m365contactsync: 'm365_contact_sync',
	marketplaceimport: 'marketplace_imports',
	membertemplates: 'member_templates',
	menuentries: 'menu_entries',
	mycertifications: 'my_certifications',
	mycompany: 'my_company',
	onhandserialnumbers: 'on_hand_serial_numbers',
	osgradeweights: 'os_grade_weights',
	portalcalendars: 'portal_calendars',
	pricingschedules: 'pricing_schedules',
	purchaseorders: 'purchase_orders',
	purchaseorderstatuses: 'purchase_order_statuses',
	quotelinksetup: 'quote_link_setups',
	registertoken: 'register_token',
	resolveurl: 'resolve_url',
	scheduleentries: 'schedule_entries',
	schedulestopwatches: 'schedule_stopwatches',
	securityroles: 'security_roles',
	shipmentmethods: 'shipment_methods',
	signoffcustomfields: 'signoff_custom_fields',
	slas: 'slas',
	standardreport: 'standard_reports',
	subcategories: 'subcategories',
	submitmembers: 'submit_members',
	subtypes: 'subtypes',
	ticketstopwatches: 'ticket_stopwatches',
	timeentries: 'time_entries',
	todaypagelinks: 'today_page_links',
	typesubtypeitemassociations: 'associations',
	unpostedexpenses: 'unposted_expenses',
	unpostedinvoices: 'unposted_invoices',
	unpostedpayments: 'unposted_payments',
	unpostedprocurement: 'unposted_procurements',
	userdefinedfields: 'user_defined_fields',
	workroles: 'work_roles',
	worktypes: 'work_types',
};

/** Words whose singular no rule tells. */
const SINGULARS: Record<string, string> = {
	crm: 'crm',
	sla: 'sla',
	info: 'info',
	business: 'business',
	recap: 'recap',
	series: 'series',
};

function snake(segment: string): string {
	return (
		WORDS[segment.toLowerCase()] ??
		segment
			.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
			.replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
			.toLowerCase()
	);
}

function singularOf(plural: string): string {
	const own = SINGULARS[plural];
	if (own) return own;
	if (/(status|address|access|bonus|process|terminus)$/.test(plural)) return plural;
	if (/ies$/.test(plural)) return plural.replace(/ies$/, 'y');
	if (/(ss|x|ch|sh|status)es$/.test(plural)) return plural.replace(/es$/, '');
	return plural.replace(/s$/, '');
}

export interface VendorPath {
	method: string;
	path: string;
	/** `Ticket[]` where many come back. */
	response?: string;
}

/** Place of an operation in the integration. */
export interface Place {
	module: string;
	resource: string;
	singular: string;
	method: string;
	/** The vendor's path with our placeholders. */
	path: string;
}

/** Collections that the rule would name badly: vendor's collection (lower case, `{}` for a parameter) → resource. */
const RESOURCES: Record<string, string> = {
	'/company/companytypeassociations': 'all_company_type_associations',
	'/company/contacttypeassociations': 'all_contact_type_associations',
	'/company/m365contactsync/property/excluded': 'm365_excluded_properties',
	'/company/m365contactsync/property/included': 'm365_included_properties',
	'/company/management': 'managed_it_setups',
	'/company/manageddevicesintegrations': 'device_integrations',
	'/company/manageddevicesintegrations/{}/crossreferences': 'device_integration_references',
	'/company/manageddevicesintegrations/{}/notifications': 'device_integration_notices',
	'/company/managementitsolutions/{}/managementproducts': 'it_solution_products',
	'/company/management/{}/managementreportnotifications': 'management_notifications',
	'/company/companies/{}/managementreportnotifications': 'company_report_notifications',
	'/company/companies/{}/managementreportsetup': 'company_report_setups',
	'/company/companies/{}/managementsummaryreports': 'company_summary_reports',
	'/company/configurations/types/{}/questions': 'configuration_questions',
	'/company/configurations/types/{}/questions/{}/values': 'configuration_question_values',
	'/company/portalconfigurations': 'portal_configurations',
	'/company/portalconfigurations/invoicesetup/paymentprocessors': 'portal_payment_processors',
	'/company/portalconfigurations/{}/invoicesetups': 'portal_invoice_setups',
	'/company/portalconfigurations/{}/opportunitysetups': 'portal_opportunity_setups',
	'/company/portalconfigurations/{}/passwordemailsetups': 'portal_password_email_setups',
	'/company/portalconfigurations/{}/projectsetups': 'portal_project_setups',
	'/company/portalconfigurations/{}/servicesetups': 'portal_service_setups',
	'/configurations/types': 'configuration_type_infos',
	'/configurations/types/{}/questions': 'configuration_question_infos',
	'/configurations/types/{}/questions/{}/values': 'configuration_value_infos',
	'/configurations/types/{}/questions/info': 'configuration_question_infos',
	'/expense/entries': 'expense_entries',
	'/expense/reports': 'expense_reports',
	'/expense/types': 'expense_types',
	'/expense/classifications': 'expense_classifications',
	'/expense/paymenttypes': 'expense_payment_types',
	'/expense/info/taxtypes': 'expense_tax_types',
	'/finance/accounting/unpostedexpenses/{}/taxablelevels': 'unposted_expense_tax_levels',
	'/finance/accounting/unpostedexpenses': 'unposted_expenses',
	'/finance/accounting/unpostedinvoices/{}/taxablelevels': 'unposted_invoice_tax_levels',
	'/finance/accounting/unpostedinvoices': 'unposted_invoices',
	'/finance/accounting/unpostedpayments': 'unposted_payments',
	'/finance/accounting/unpostedprocurement/{}/taxablelevels': 'unposted_procurement_tax_levels',
	'/finance/accounting/unpostedprocurement': 'unposted_procurements',
	'/finance/agreementtypes/{}/workroleexclusions': 'agreement_type_role_exclusions',
	'/finance/agreementtypes/{}/worktypeexclusions': 'agreement_type_work_exclusions',
	'/finance/agreements/{}/workroleexclusions': 'agreement_role_exclusions',
	'/finance/agreements/{}/worktypeexclusions': 'agreement_work_exclusions',
	'/finance/agreements/{}/applicationparameters': 'agreement_app_parameters',
	'/finance/info/currencycodes': 'currency_codes',
	'/finance/info/taxintegrations': 'tax_integration_infos',
	'/finance/info/invoice': 'invoice_infos',
	'/finance/taxcodes/{}/expensetypeexemptions': 'tax_expense_exemptions',
	'/finance/taxcodes/{}/expensetypeexemptions/{}/taxableexpensetypelevels': 'tax_expense_exemption_levels',
	'/finance/taxcodes/{}/producttypeexemptions': 'tax_product_exemptions',
	'/finance/taxcodes/{}/producttypeexemptions/{}/taxableproducttypelevels': 'tax_product_exemption_levels',
	'/finance/taxcodes/{}/workroleexemptions': 'tax_work_role_exemptions',
	'/finance/taxcodes/{}/workroleexemptions/{}/taxableworkrolelevels': 'tax_role_exemption_levels',
	'/finance/taxcodes/{}/taxcodexrefs': 'tax_code_references',
	'/finance/taxcodes/{}/taxcodexrefs/{}/taxablexreflevels': 'tax_code_reference_levels',
	'/marketing/groups': 'marketing_groups',
	'/procurement/adjustments': 'inventory_adjustments',
	'/procurement/adjustments/types': 'inventory_adjustment_types',
	'/procurement/catalog': 'catalog_items',
	'/procurement/catalog/vendors': 'catalog_vendors',
	'/procurement/catalog/{}/vendors': 'catalog_item_vendors',
	'/procurement/catalog/{}/minimumstockbywarehouse': 'catalog_item_stock_minimums',
	'/procurement/categories': 'product_categories',
	'/procurement/changeorder': 'change_order_lines',
	'/procurement/products/{}/pickingshippingdetails': 'product_shipping_details',
	'/procurement/purchaseorderstatuses/{}/emailtemplates': 'po_status_email_templates',
	'/procurement/purchaseorderstatuses/{}/notifications': 'po_status_notifications',
	'/procurement/settings': 'procurement_settings',
	'/procurement/subcategories': 'product_subcategories',
	'/procurement/types': 'product_types',
	'/procurement/directionalsyncs': 'procurement_directional_syncs',
	'/procurement/warehousebins/{}/inventoryonhand': 'warehouse_bin_inventory',
	'/procurement/rmatags/default': 'rma_tag_defaults',
	'/project/boards': 'project_boards',
	'/project/projecttemplates/projecttemplatephases': 'all_project_template_phases',
	'/project/projecttemplates/projecttemplatetickets': 'all_project_template_tickets',
	'/project/projecttemplates/projecttemplatetickets/tasks': 'all_project_template_tasks',
	'/project/projecttemplates/{}/projecttemplatetickets/{}/tasks': 'project_template_tasks',
	'/project/projects/{}/projectrecap': 'project_recaps',
	'/project/projects/{}/projectworkplan': 'project_workplans',
	'/project/securityroles': 'project_security_roles',
	'/project/statuses': 'project_statuses',
	'/project/statusindicators': 'project_status_indicators',
	'/project/tickets': 'project_tickets',
	'/project/{}/billingrates': 'project_billing_rates',
	'/project/billingrates': 'all_project_billing_rates',
	'/project/billingrates/{}/billingrates': 'project_billing_rates',
	'/sales/roles': 'sales_roles',
	'/sales/stages': 'sales_stages',
	'/sales/orders': 'orders',
	'/sales/commissions': 'sales_commissions',
	'/sales/quotas': 'sales_quotas',
	'/sales/probabilities': 'sales_probabilities',
	'/sales/opportunities/{}/forecast': 'opportunity_forecasts',
	'/sales/opportunities/{}/team': 'opportunity_team_members',
	'/sales/opportunities/conversions': 'opportunity_conversions',
	'/schedule/entries': 'schedule_entries',
	'/schedule/details': 'all_schedule_details',
	'/schedule/entries/{}/details': 'schedule_details',
	'/schedule/statuses': 'schedule_statuses',
	'/schedule/types': 'schedule_types',
	'/schedule/colors': 'schedule_colors',
	'/service/boards/{}/typesubtypeitemassociations': 'board_type_associations',
	'/service/boards/{}/items/{}/associations': 'board_item_associations',
	'/service/boards/{}/autoassignresources': 'board_auto_assign_resources',
	'/service/codes': 'service_codes',
	'/service/locations': 'service_locations',
	'/service/servicesignoff': 'service_signoffs',
	'/service/servicesignoff/{}/signoffcustomfields': 'service_signoff_custom_fields',
	'/service/teams': 'service_teams',
	'/service/templates': 'service_templates',
	'/service/tickets/authstatus': 'ticket_auth_statuses',
	'/service/tickets/{}/allnotes': 'ticket_all_notes',
	'/service/info/boards': 'service_info_boards',
	'/service/info/boards/active': 'service_info_active_boards',
	'/service/info/boardtypes': 'service_info_board_types',
	'/system/contactsync/monitoring': 'contact_sync_monitorings',
	'/system/contactsync/monitoring/type': 'contact_sync_monitoring_types',
	'/system/contactsync/monitoring/notificationtype': 'contact_sync_notice_types',
	'/system/directionalsyncs': 'directional_syncs',
	'/system/emailconnectors/{}/parsingstyles/{}/parsingrules': 'email_parsing_rules',
	'/system/emailconnectors/{}/parsingstyles': 'email_parsing_styles',
	'/system/info': 'system_info',
	'/system/managementnetworksecurities/{}/testcredentials': 'network_security_tests',
	'/system/managementnetworksecurities': 'network_securities',
	'/system/info/departmentlocations': 'department_location_infos',
	'/system/m365contactsync': 'm365_sync_infos',
	'/system/mycompany/corporatestructure': 'corporate_structures',
	'/system/mycompany/corporatestructurelevels': 'corporate_structure_levels',
	'/system/quotelinksetup/testconnection': 'quote_link_tests',
	'/system/settings': 'system_settings',
	'/system/surveys': 'system_surveys',
	'/system/workflowactions/automateparameters': 'all_automate_parameters',
	'/system/workflowactions/{}/automateparameters': 'automate_parameters',
	'/system/workflows/attachments': 'all_workflow_attachments',
	'/system/workflows/events': 'all_workflow_events',
	'/system/workflows/events/actions': 'all_workflow_event_actions',
	'/system/workflows/notifytypes': 'all_workflow_notify_types',
	'/system/workflows/triggers': 'all_workflow_triggers',
	'/system/workflows/triggers/options': 'all_workflow_trigger_options',
	'/system/workflows/userdefinedfields/events/actions': 'all_workflow_field_actions',
	'/system/workflows/userdefinedfields': 'workflow_fields',
	'/time/accruals': 'time_accruals',
	'/time/entries': 'time_entries',
	'/time/sheets': 'time_sheets',
	'/time/changelogs': 'time_change_logs',
};

/** Operations whose path shows no record, collection or action: `VERB path` (lower case, `{}`) → resource and method. */
const OPERATIONS: Record<string, [resource: string, method: string]> = {
	'GET /company/contacts/{}/image': ['contacts', 'download_image'],
	'POST /company/m365contactsync/property': ['m365_contact_sync', 'add_property'],
	'DELETE /company/m365contactsync/property': ['m365_contact_sync', 'remove_property'],
	'PUT /company/portalconfigurations/{}/opportunitysetups': ['portal_opportunity_setups', 'replace_all'],
	'PATCH /company/portalconfigurations/{}/opportunitysetups': ['portal_opportunity_setups', 'update_all'],
	'POST /finance/agreements/types{}/copy': ['agreement_types', 'copy'],
	'GET /finance/invoices/{}/pdf': ['invoices', 'download_pdf'],
	'POST /procurement/catalog/{}/pricing': ['catalog_items', 'calculate_price'],
	'POST /procurement/invoicegrouping/count': ['invoice_groupings', 'create_count'],
	'POST /procurement/purchasingdemands': ['purchasing_demands', 'create'],
	'DELETE /procurement/purchaseorders/{}/lineitems': ['purchase_order_line_items', 'delete'],
	'GET /project/boards/{}/teams/{}/info/count': ['project_board_teams', 'count_one_info'],
	'POST /project/projects/{}/applytemplate/{}': ['projects', 'apply_template'],
	'POST /project/projecttemplates/createfromproject/{}': ['project_templates', 'create_from_project'],
	'POST /project/ticketnote/{}/markas': ['project_ticket_notes', 'mark_as'],
	'POST /sales/opportunities/{}/forecast/copy/{}': ['opportunity_forecasts', 'copy'],
	'POST /sales/opportunities/{}/forecast/{}': ['opportunity_forecasts', 'create_with_id'],
	'POST /sales/opportunities/{}/converttoserviceticket': ['opportunities', 'convert_to_ticket'],
	'POST /sales/orders/{}/converttoserviceticket': ['orders', 'convert_to_ticket'],
	'DELETE /sales/opportunities/{}/forecast': ['opportunity_forecasts', 'delete_all'],
	'PUT /sales/opportunities/{}/forecast': ['opportunity_forecasts', 'replace_all'],
	'PATCH /sales/opportunities/{}/forecast': ['opportunity_forecasts', 'update_all'],
	'DELETE /schedule/entries/{}/{}': ['schedule_entries', 'delete_and_notify'],
	'GET /service/priorities/{}/image': ['priorities', 'download_image'],
	'GET /service/knowledgebasesettings': ['knowledge_base_settings', 'get_current'],
	'GET /service/tickets/authstatus': ['ticket_auth_statuses', 'list'],
	'GET /service/tickets/calculatesla': ['tickets', 'calculate_sla'],
	'POST /service/teammembers': ['team_members', 'create'],
	'POST /system/bundles': ['bundles', 'create'],
	'GET /system/documents/uploadsample': ['documents', 'get_upload_sample'],
	'GET /system/documents/{}/download': ['documents', 'download'],
	'GET /system/documents/{}/thumbnail': ['documents', 'download_thumbnail'],
	'GET /system/members/{}/image': ['members', 'download_image'],
	'GET /system/menuentries/{}/image': ['menu_entries', 'download_image'],
	'POST /system/menuentries/{}/image': ['menu_entries', 'upload_image'],
	'POST /system/documents/{}': ['documents', 'create_version'],
	'GET /system/info/members/{}:identifier': ['system_info_members', 'get_by_identifier'],
	'GET /system/members/{}:identifier': ['members', 'get_by_identifier'],
	'GET /time/info/chargecodeexpensetypes': ['all_charge_code_expense_types', 'list'],
	'GET /time/info/chargecodeexpensetypes/count': ['all_charge_code_expense_types', 'count'],
};

const VERB_METHODS: Record<string, string> = {
	GET: 'get',
	POST: 'create',
	PATCH: 'update',
	PUT: 'replace',
	DELETE: 'delete',
};

/**
 * Operations → places. The rule, by what follows the path of a collection: nothing is list (get where a single record
 * comes back) and create; an id is get, create, update, replace and delete; `count`, `info` and `usages` are methods of
 * those names; any other word that is no collection itself is an action.
 */
export function placeOperations(operations: readonly VendorPath[]): Map<VendorPath, Place> {
	const known = new Set(operations.map(({ path }) => normal(path)));
	const readable = new Set(operations.filter(({ method }) => method === 'GET').map(({ path }) => normal(path)));
	const hasItems = new Set([...known].filter((path) => path.endsWith('/{}')).map((path) => path.slice(0, -3)));
	const isCollection = (path: string) => hasItems.has(path) || readable.has(path);
	return new Map(operations.map((operation) => [operation, placeOperation(operation, isCollection)]));
}

/** Lower case, without the vendor's parameter names and trailing slashes, which differ without meaning. */
function normal(path: string): string {
	return path
		.replace(/\{[^/]*$|\{[^}]*\}/g, '{}')
		.replace(/\/$/, '')
		.toLowerCase();
}

function placeOperation({ method: verb, path, response }: VendorPath, isCollection: (path: string) => boolean): Place {
	const segments = path.replace(/\/$/, '').split('/').slice(1);
	const module = segments[0] ?? '';
	const joined = (count: number) => normal(`/${segments.slice(0, count).join('/')}`);
	const isParameter = (index: number) => segments[index]?.startsWith('{') === true;
	const words: string[] = [];
	let end = segments.length;
	const take = () => words.unshift(snake(segments[--end] ?? ''));

	if (segments[end - 1] === 'count') take();
	if (segments[end - 1] === 'list' && segments[end - 2] === 'usages') take();
	if (segments[end - 1] === 'usages') take();
	if (segments[end - 1] === 'info' && (isParameter(end - 2) || isCollection(joined(end - 1)))) take();
	if (words.length === 0 && !isParameter(end - 1) && !isCollection(joined(end))) take();
	const isItem = isParameter(end - 1);
	const own = isItem ? end - 1 : end;
	const operationKey = `${verb} ${normal(path)}${path.includes('{memberIdentifier:') ? ':identifier' : ''}`;
	const [namedResource, namedMethod] = OPERATIONS[operationKey] ?? [];
	const resource = namedResource ?? nameResource(segments.slice(0, own));
	const isMany = response?.endsWith('[]') === true;
	return {
		module,
		resource,
		singular: singularOf(resource),
		method: namedMethod ?? nameMethod(verb, words, isItem, isMany),
		// The vendor's document ends some paths in a slash: kept, because what it describes is what it serves.
		path: ourPath(segments, own) + (path.endsWith('/') ? '/' : ''),
	};
}

function nameMethod(verb: string, words: string[], isItem: boolean, isMany: boolean): string {
	const [first] = words;
	if (first === undefined) return verb === 'GET' && isMany && !isItem ? 'list' : (VERB_METHODS[verb] ?? '');
	if (first === 'info') return [isItem ? 'get' : words[1] === 'count' ? 'count' : 'list', 'info'].join('_');
	if (first === 'usages') return words.length > 1 ? 'list_usage_records' : 'list_usages';
	if (first === 'bulk') return `bulk_${VERB_METHODS[verb]}`;
	return words.join('_');
}

function nameResource(segments: readonly string[]): string {
	const own = RESOURCES[normal(`/${segments.join('/')}`)];
	if (own) return own;
	const literals = segments.flatMap((segment, index) => (segment.startsWith('{') ? [] : [index]));
	const last = snake(segments[literals.at(-1) ?? 0] ?? '');
	const parent = literals.slice(1).at(-2);
	if (parent === undefined) return last;
	const prefix = singularOf(nameResource(segments.slice(0, parent + 1)));
	return last.startsWith(`${prefix}_`) ? last : `${prefix}_${last}`;
}

function ourPath(segments: readonly string[], own: number): string {
	const named = segments.map((segment, index) => {
		if (!segment.startsWith('{')) return segment;
		const name = /^\{(\w+)/.exec(segment)?.[1] ?? 'id';
		if (!/^(grand)?parentid$|^id$/i.test(name)) return `{{${snake(name)}}}`;
		if (index === own || index === segments.length - 1) return '{{id}}';
		return `{{${singularOf(snake(segments[index - 1] ?? ''))}_id}}`;
	});
	return `/${named.join('/')}`;
}
