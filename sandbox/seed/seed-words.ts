// The invented people, companies and everyday troubles that the sandbox is filled with. Data only.

/** `identifier|name|city|state|zip`; the first is company 100, and so on. */
export const COMPANIES = [
	'Patchbay|Patchbay Managed Services|Tampa|FL|33602',
	'HarborDental|Harbor Dental Group|Clearwater|FL|33755',
	'AcmeCorp|Acme Corp|Tampa|FL|33607',
	'XYZ|XYZ Industries|Orlando|FL|32801',
	'OBrienWest|O\'Brien "West" & Sons [UK] 100%|Dublin|OH|43017',
	'NorthwindFoods|Northwind Foods|Portland|OR|97205',
	'BluePeak|Blue Peak Architects|Denver|CO|80202',
	'LakesideLegal|Lakeside Legal LLP|Chicago|IL|60601',
	'SummitAcct|Summit Accounting|Boise|ID|83702',
	'GreenleafVet|Greenleaf Veterinary Clinic|Austin|TX|78701',
	'RiversideSchool|Riverside Charter School|Riverside|CA|92501',
	'OakridgeMfg|Oakridge Manufacturing|Dayton|OH|45402',
	'SterlingIns|Sterling Insurance Agency|Hartford|CT|06103',
	'PioneerBank|Pioneer Community Bank|Omaha|NE|68102',
	'CedarHotels|Cedar Point Hotels|Savannah|GA|31401',
	'MetroPrint|Metro Print & Sign|Newark|NJ|07102',
	'AtlasFreight|Atlas Freight Lines|Memphis|TN|38103',
	'BrightMinds|Bright Minds Daycare|Raleigh|NC|27601',
	'Crestview|Crestview Property Management|Phoenix|AZ|85004',
	'DeltaPlumb|Delta Plumbing Supply|Mobile|AL|36602',
	'EvergreenNP|Evergreen Nonprofit Alliance|Seattle|WA|98101',
	'FalconEng|Falcon Engineering|Huntsville|AL|35801',
	'GoldenGateMed|Golden Gate Medical Partners|San Francisco|CA|94105',
	'HighlandRealty|Highland Realty|Nashville|TN|37203',
	'IronworksGym|Ironworks Fitness|Columbus|OH|43215',
	'JuniperCafe|Juniper Coffee Roasters|Asheville|NC|28801',
] as const;

/** `identifier|first|last|title|work role|hourly rate`; the first is member 151. */
export const MEMBERS = [
	'jsmith|John|Smith|Senior Technician|2|150',
	'mgarcia|Maria|Garcia|Network Engineer|3|175',
	'tnguyen|Tom|Nguyen|Technician|1|125',
	'klee|Karen|Lee|Service Manager|4|165',
	'rpatel|Ravi|Patel|Technician|1|125',
	'abrown|Alice|Brown|Technician|1|125',
	'dwilson|Dave|Wilson|Network Engineer|3|175',
	'schen|Sophie|Chen|Project Manager|5|180',
	'bjohnson|Ben|Johnson|Dispatcher|4|110',
	'lmartin|Laura|Martin|Senior Technician|2|150',
] as const;

export const FIRST_NAMES =
	'James Olivia Noah Emma Liam Ava Lucas Mia Ethan Sofia Mason Grace Logan Chloe Henry Nora Owen Ruth Paul Tina'.split(
		' ',
	);
export const LAST_NAMES =
	'Adams Baker Carter Diaz Evans Foster Gomez Hayes Irwin Jensen Keller Lopez Morris Norton Ortiz Parker Quinn Reyes'.split(
		' ',
	);
export const JOB_TITLES = [
	'Office Manager',
	'Accountant',
	'Operations Manager',
	'IT Coordinator',
	'Receptionist',
	'Controller',
	'Owner',
];

/** `type id / subtype id / item id | summary`. The ids are those of the board's setup in seed-setup.ts. */
export const HELP_DESK_ISSUES = [
	'11/11/11|Outlook keeps asking for password',
	'11/11/12|Shared mailbox missing for new hire',
	'11/11/11|Cannot send mail to external addresses',
	'11/12/13|Excel crashes when opening budget file',
	'11/12/13|Teams has no sound in meetings',
	'11/12/14|QuickBooks will not open company file',
	'11/12/14|Adobe Acrobat license has expired',
	'11/12/13|Word documents open as read only',
	'12/13/15|Laptop battery does not charge',
	'12/13/15|Computer very slow since last update',
	'12/13/16|Second monitor is not detected',
	'12/14/17|Printer offline at front desk',
	'12/14/17|Paper jam on second floor copier',
	'12/14/17|Scanner does not send to e-mail',
	'12/13/16|Keyboard and mouse stopped responding',
	'12/13/15|Blue screen after docking laptop',
	'13/15/18|Password reset for payroll user',
	'13/15/18|Account locked out this morning',
	'13/15/19|New employee starts on Monday',
	'13/15/19|Remove access of departed employee',
	'13/16/20|MFA prompt loops on new phone',
	'13/16/20|Suspicious e-mail with invoice attached',
	'13/15/18|Needs access to finance share',
	'14/17/21|File server folder is missing',
	'14/17/22|Restore deleted folder from yesterday',
	'14/17/21|Mapped drive S shows disconnected',
	'14/18/23|Remote desktop session freezes',
	'14/18/23|Line of business app times out',
	'11/11/12|Calendar invites arrive an hour late',
	'12/13/15|Request quote for three new laptops',
];

export const NETWORK_ISSUES = [
	'41/41/41|VPN drops every few minutes',
	'41/41/41|VPN client cannot connect from home',
	'41/41/42|Site to site tunnel is down',
	'42/42/43|Wi-Fi weak in conference room',
	'42/42/43|Guest Wi-Fi password not accepted',
	'42/42/44|Access point offline in warehouse',
	'43/43/45|Internet very slow since this morning',
	'43/43/45|Internet outage at branch office',
	'43/44/46|Switch port dead at reception',
	'43/44/46|Replace failing core switch',
	'44/45/47|Firewall blocks vendor web portal',
	'44/45/47|Firewall firmware update needed',
	'44/46/48|DNS does not resolve internal names',
	'44/46/48|DHCP scope is almost exhausted',
	'43/43/45|VoIP calls are choppy',
];

export const PROJECT_ISSUES = [
	'61/61/61|Migrate mailboxes to Microsoft 365',
	'61/61/61|Plan file server migration to SharePoint',
	'61/61/62|Replace aging Hyper-V host',
	'62/62/63|Onboard new client site',
	'62/62/63|Document network at main office',
	'62/62/64|Deploy endpoint agent to workstations',
	'61/61/62|Windows 11 upgrade for accounting',
	'62/62/64|Set up conference room system',
];

export const ALERT_ISSUES = [
	'71/71/71|Disk space low on FS01',
	'71/71/71|CPU above 95 percent on SQL01',
	'71/72/72|Backup job failed on DC01',
	'71/72/72|Backup completed with warnings',
	'72/73/73|Server APP02 is not responding',
	'72/73/73|UPS on battery in server room',
	'72/73/74|Certificate expires in 14 days',
	'71/71/71|Windows service stopped on EXCH01',
	'72/73/74|Antivirus definitions out of date',
];

export const NOTE_TEXTS = [
	'Called the user, asked for a screenshot of the message.',
	'Rebooted and tested, problem is back after ten minutes.',
	'Left a voicemail, waiting for the user to call back.',
	'Checked the event log, nothing unusual found.',
	'Installed pending updates and restarted the service.',
	'User confirms that it works again.',
	'Escalated to the vendor, case number is pending.',
	'Remote session with the user, settings corrected.',
];

export const RESOLUTIONS = [
	'Recreated the profile and tested with the user.',
	'Replaced the cable, connection is stable.',
	'Reset the password and cleared cached credentials.',
	'Applied the vendor hotfix, no further errors.',
	'Adjusted permissions, user has access now.',
];
