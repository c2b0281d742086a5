// The fields of each record kind as the vendor names them (schemas 2025.16/2026.4), in a notation of one word per
// field: `name:type`, `!` = required on POST. Types: int num bool text[maxLength] date guid obj enum(A|B),
// `>Kind` a reference, `[x]` an array.

import { deriveReferenceSchema, deriveSchema } from './derived-schemas.ts';

const RECORD_FIELDS = {
	Ticket: `
		id:int summary:text100! recordType:enum(ProjectIssue|ProjectTicket|ServiceTicket) board:>Board
		status:>ServiceStatus workRole:>WorkRole workType:>WorkType company:>Company! site:>Site siteName:text156
		addressLine1:text50 addressLine2:text50 city:text50 stateIdentifier:text50 zip:text12 country:>Country
		contact:>Contact contactName:text62 contactPhoneNumber:text20 contactPhoneExtension:text15
		contactEmailAddress:text250 type:>ServiceType subType:>ServiceSubType item:>ServiceItem team:>ServiceTeam
		owner:>Member priority:>Priority serviceLocation:>ServiceLocation source:>ServiceSource requiredDate:date
		budgetHours:num opportunity:>Opportunity agreement:>Agreement agreementType:text
		severity:enum(Low|Medium|High) impact:enum(Low|Medium|High) externalXRef:text100 poNumber:text50
		knowledgeBaseCategoryId:int knowledgeBaseSubCategoryId:int allowAllClientsPortalView:bool
		customerUpdatedFlag:bool automaticEmailContactFlag:bool automaticEmailResourceFlag:bool
		automaticEmailCcFlag:bool automaticEmailCc:text1000 initialDescription:text initialInternalAnalysis:text
		initialResolution:text initialDescriptionFrom:text contactEmailLookup:text processNotifications:bool
		skipCallback:bool closedDate:text closedBy:text closedFlag:bool actualHours:num approved:bool
		estimatedExpenseCost:num estimatedExpenseRevenue:num estimatedProductCost:num estimatedProductRevenue:num
		estimatedTimeCost:num estimatedTimeRevenue:num
		billingMethod:enum(ActualRates|FixedFee|NotToExceed|OverrideRate) billingAmount:num hourlyRate:num
		subBillingMethod:enum(ActualRates|FixedFee|NotToExceed|OverrideRate) subBillingAmount:num
		subDateAccepted:text dateResolved:text dateResplan:text dateResponded:text resolveMinutes:int
		resPlanMinutes:int respondMinutes:int respondByGoalUTC:date resplanGoalUTC:date resolutionGoalUTC:date
		escalationLastUpdateMinutes:int isInSla:bool knowledgeBaseLinkId:int resources:text parentTicketId:int
		hasChildTicket:bool hasMergedChildTicketFlag:bool
		knowledgeBaseLinkType:enum(Activity|ProjectIssue|KnowledgeBaseArticle|ProjectTicket|ServiceTicket|Time)
		billTime:enum(Billable|DoNotBill|NoCharge|NoDefault)
		billExpenses:enum(Billable|DoNotBill|NoCharge|NoDefault)
		billProducts:enum(Billable|DoNotBill|NoCharge|NoDefault) predecessorType:enum(Ticket|Phase)
		predecessorId:int predecessorClosedFlag:bool lagDays:int lagNonworkingDaysFlag:bool estimatedStartDate:date
		duration:int location:>SystemLocation department:>SystemDepartment mobileGuid:guid sla:>SLA slaStatus:text
		requestForChangeFlag:bool currency:>Currency mergedParentTicket:>Ticket integratorTags:[text]
		escalationStartDateUTC:text escalationLevel:int minutesBeforeWaiting:int respondedSkippedMinutes:int
		resplanSkippedMinutes:int respondedHours:num respondedBy:text resplanHours:num resplanBy:text
		resolutionHours:num resolvedBy:text minutesWaiting:int customFields:[CustomFieldValue]`,
	ServiceNote: `
		id:int ticketId:int text:text detailDescriptionFlag:bool internalAnalysisFlag:bool resolutionFlag:bool
		issueFlag:bool member:>Member contact:>Contact customerUpdatedFlag:bool processNotifications:bool
		dateCreated:text createdBy:text internalFlag:bool externalFlag:bool sentimentScore:num`,
	ServiceTicketNote: `
		id:int noteType:enum(TicketNote|TimeEntryNote|MeetingNote) ticket:>Ticket text:text isMarkdownFlag:bool
		detailDescriptionFlag:bool internalAnalysisFlag:bool resolutionFlag:bool timeStart:text timeEnd:text
		bundledFlag:bool mergedFlag:bool issueFlag:bool originalAuthor:text createdByParentFlag:bool member:>Member
		contact:>Contact`,
	ServiceTask: `
		id:int ticketId:int notes:text closedFlag:bool priority:int schedule:>ScheduleEntry code:>ServiceCode
		member:>Member resolution:text childScheduleAction:enum(Transfer|Delete|Done) childTicketId:int summary:text`,
	Board: `
		id:int name:text50! location:>SystemLocation! department:>SystemDepartment! inactiveFlag:bool
		signOffTemplate:>ServiceSignoff sendToContactFlag:bool contactTemplate:>ServiceEmailTemplate
		sendToResourceFlag:bool resourceTemplate:>ServiceEmailTemplate projectFlag:bool showDependenciesFlag:bool
		showEstimatesFlag:bool boardIcon:>Document billTicketsAfterClosedFlag:bool billTicketSeparatelyFlag:bool
		billUnapprovedTimeExpenseFlag:bool overrideBillingSetupFlag:bool dispatchMember:>Member
		serviceManagerMember:>Member dutyManagerMember:>Member oncallMember:>Member workRole:>WorkRole
		workType:>WorkType billTime:enum(Billable|DoNotBill|NoCharge|NoDefault)
		billExpense:enum(Billable|DoNotBill|NoCharge|NoDefault)
		billProduct:enum(Billable|DoNotBill|NoCharge|NoDefault) autoCloseStatus:>ServiceStatus
		autoAssignNewTicketsFlag:bool autoAssignNewECTicketsFlag:bool autoAssignNewPortalTicketsFlag:bool
		discussionsLockedFlag:bool timeEntryLockedFlag:bool notifyEmailFrom:text50 notifyEmailFromName:text60
		closedLoopDiscussionsFlag:bool closedLoopResolutionFlag:bool closedLoopInternalAnalysisFlag:bool
		timeEntryDiscussionFlag:bool timeEntryResolutionFlag:bool timeEntryInternalAnalysisFlag:bool
		problemSort:enum(Ascending|Descending) resolutionSort:enum(Ascending|Descending)
		internalAnalysisSort:enum(Ascending|Descending) emailConnectorAllowReopenClosedFlag:bool
		emailConnectorReopenStatus:>ServiceStatus emailConnectorReopenResourcesFlag:bool
		emailConnectorNewTicketNoMatchFlag:bool emailConnectorNeverReopenByDaysFlag:bool
		emailConnectorReopenDaysLimit:int emailConnectorNeverReopenByDaysClosedFlag:bool
		emailConnectorReopenDaysClosedLimit:int useMemberDisplayNameFlag:bool sendToCCFlag:bool
		autoAssignTicketOwnerFlag:bool autoAssignLimitFlag:bool autoAssignLimitAmount:int closedLoopAllFlag:bool
		percentageCalculation:enum(ActualHours|Manual|ClosedPhases|ClosedTickets) allSort:enum(Ascending|Descending)
		markFirstNoteIssueFlag:bool restrictBoardByDefaultFlag:bool sendToBundledFlag:bool`,
	BoardStatus: `
		id:int name:text50! board:>Board sortOrder:int displayOnBoard:bool inactive:bool closedStatus:bool
		timeEntryNotAllowed:bool roundRobinCatchall:bool defaultFlag:bool
		escalationStatus:enum(NotResponded|Responded|ResolutionPlan|Resolved|NoEscalation)
		customerPortalDescription:text500 customerPortalFlag:bool emailTemplate:>ServiceEmailTemplate
		statusIndicator:>StatusIndicator customStatusIndicatorName:text30 saveTimeAsNote:bool`,
	BoardType: `
		id:int name:text50! category:enum(Reactive|Proactive) defaultFlag:bool inactiveFlag:bool
		requestForChangeFlag:bool integrationXref:text50 skillCategory:>SkillCategory skill:>Skill board:>Board
		location:>SystemLocation department:>SystemDepartment`,
	BoardSubType: `
		id:int name:text50! inactiveFlag:bool typeAssociationIds:[int] addAllTypesFlag:bool removeAllTypesFlag:bool
		board:>Board`,
	BoardItem: `
		id:int name:text50! inactiveFlag:bool board:>Board`,
	BoardTeam: `
		id:int name:text30! teamLeader:>Member! members:[int] defaultFlag:bool notifyOnTicketDelete:bool
		defaultRoundRobinFlag:bool roundRobinFlag:bool boardId:int locationId:int businessUnitId:int`,
	Priority: `
		id:int name:text50! color:enum(Black|Blue|Cyan|Gray|Green|Lime|Orange|Pink|Purple|Red|White|Yellow|Custom)!
		sortOrder:int defaultFlag:bool imageLink:text urgencySortOrder:text level:enum(Critical|High|Medium|Low)`,
	Source: `
		id:int name:text50! defaultFlag:bool enteredBy:text dateEntered:date`,
	ServiceLocation: `
		id:int name:text30! where:enum(OnSite|Remote|InHouse)! defaultFlag:bool`,
	Company: `
		id:int identifier:text156! name:text156! status:>CompanyStatus addressLine1:text50 addressLine2:text50
		city:text50 state:text50 zip:text12 country:>Country phoneNumber:text30 faxNumber:text30 website:text255
		territory:>SystemLocation market:>MarketDescription accountNumber:text defaultContact:>Contact
		dateAcquired:date sicCode:>SicCode parentCompany:>Company annualRevenue:num creditLimit:num
		additionalDebt:num numberOfEmployees:int yearEstablished:int revenueYear:int ownershipType:>OwnershipType
		timeZoneSetup:>TimeZoneSetup leadSource:text50 leadFlag:bool unsubscribeFlag:bool calendar:>Calendar
		userDefinedField1:text50 userDefinedField2:text50 userDefinedField3:text50 userDefinedField4:text50
		userDefinedField5:text50 userDefinedField6:text50 userDefinedField7:text50 userDefinedField8:text50
		userDefinedField9:text50 userDefinedField10:text50 vendorIdentifier:text taxIdentifier:text taxCode:>TaxCode
		billingTerms:>BillingTerms invoiceTemplate:>InvoiceTemplate pricingSchedule:>PricingSchedule
		companyEntityType:>EntityType billToCompany:>Company billingSite:>Site billingContact:>Contact
		invoiceDeliveryMethod:>BillingDelivery emailTemplate:>EmailTemplate invoiceToEmailAddress:text
		invoiceCCEmailAddress:text deletedFlag:bool dateDeleted:date deletedBy:text mobileGuid:guid facebookUrl:text
		twitterUrl:text linkedInUrl:text currency:>Currency territoryManager:>Member resellerIdentifier:text
		isVendorFlag:bool types:[>CompanyType] site:>Site integratorTags:[text] customFields:[CustomFieldValue]`,
	CompanySite: `
		id:int name:text156! addressLine1:text50 addressLine2:text50 city:text50 stateReference:>State zip:text12
		country:>Country addressFormat:text phoneNumber:text30 phoneNumberExt:text30 faxNumber:text30
		taxCode:>TaxCode entityType:>EntityType expenseReimbursement:num primaryAddressFlag:bool
		defaultShippingFlag:bool defaultBillingFlag:bool defaultMailingFlag:bool inactiveFlag:bool
		billSeparateFlag:bool mobileGuid:guid calendar:>Calendar timeZone:>TimeZoneSetup company:>Company
		territory:>SystemLocation invoiceTemplate:>InvoiceTemplate customFields:[CustomFieldValue]`,
	CompanyNote: `
		id:int text:text! type:>NoteType flagged:bool enteredBy:text company:>Company`,
	CompanyStatus: `
		id:int name:text50! defaultFlag:bool inactiveFlag:bool notifyFlag:bool disallowSavingFlag:bool
		notificationMessage:text500 customNoteFlag:bool cancelOpenTracksFlag:bool track:>Track`,
	CompanyType: `
		id:int name:text50! defaultFlag:bool vendorFlag:bool serviceAlertFlag:bool serviceAlertMessage:text150`,
	CompanyTypeAssociation: `
		id:int type:>CompanyType! company:>Company!`,
	Contact: `
		id:int firstName:text lastName:text company:>Company site:>Site addressLine1:text addressLine2:text
		city:text state:text zip:text country:>Country relationship:>Relationship relationshipOverride:text
		department:>ContactDepartment inactiveFlag:bool defaultMergeContactId:int securityIdentifier:text
		managerContact:>Contact assistantContact:>Contact title:text school:text nickName:text marriedFlag:bool
		childrenFlag:bool children:text significantOther:text portalSecurityLevel:int disablePortalLoginFlag:bool
		unsubscribeFlag:bool gender:enum(Female|Male) birthDay:text anniversary:text
		presence:enum(NoAgent|Online|DoNotDisturb|Away|Offline) mobileGuid:guid facebookUrl:text twitterUrl:text
		linkedInUrl:text defaultPhoneType:text defaultPhoneNbr:text defaultPhoneExtension:text
		defaultBillingFlag:bool defaultFlag:bool userDefinedField1:text50 userDefinedField2:text50
		userDefinedField3:text50 userDefinedField4:text50 userDefinedField5:text50 userDefinedField6:text50
		userDefinedField7:text50 userDefinedField8:text50 userDefinedField9:text50 userDefinedField10:text50
		companyLocation:>SystemLocation communicationItems:[ContactCommunicationItem] types:[>ContactType]
		integratorTags:[text] customFields:[CustomFieldValue] photo:>Document ignoreDuplicates:bool typeIds:[int]`,
	ContactCommunication: `
		id:int contactId:int type:>CommunicationType! value:text250! extension:text15 defaultFlag:bool
		mobileGuid:guid communicationType:enum(Email|Fax|Phone) domain:text`,
	ContactNote: `
		id:int contactId:int text:text! type:>NoteType flagged:bool enteredBy:text`,
	ContactType: `
		id:int description:text50! defaultFlag:bool serviceAlertFlag:bool serviceAlertMessage:text150`,
	ContactTypeAssociation: `
		id:int type:>ContactType! contact:>Contact!`,
	CommunicationType: `
		id:int description:text! phoneFlag:bool faxFlag:bool emailFlag:bool defaultFlag:bool exchangeXref:text50
		iphoneXref:text50 androidXref:text50 googleXref:text50`,
	Configuration: `
		id:int name:text100! type:>ConfigurationType! status:>ConfigurationStatus company:>Company! contact:>Contact
		site:>Site locationId:int location:>SystemLocation businessUnitId:int department:>SystemDepartment
		deviceIdentifier:text100 serialNumber:text250 modelNumber:text50 tagNumber:text50 purchaseDate:date
		installationDate:date installedBy:>Member warrantyExpirationDate:date vendorNotes:text notes:text
		macAddress:text25 lastLoginName:text100 billFlag:bool backupSuccesses:int backupIncomplete:int
		backupFailed:int backupRestores:int lastBackupDate:date backupServerName:text50 backupBillableSpaceGb:num
		backupProtectedDeviceList:text backupYear:int backupMonth:int ipAddress:text50 defaultGateway:text50
		osType:text250 osInfo:text250 cpuSpeed:text100 ram:text25 localHardDrives:text parentConfigurationId:int
		vendor:>Company manufacturer:>Manufacturer questions:[ConfigurationQuestion] activeFlag:bool
		managementLink:text1000 remoteLink:text1000 sla:>SLA mobileGuid:guid displayVendorFlag:bool
		companyLocationId:int showRemoteFlag:bool showAutomateFlag:bool needsRenewalFlag:bool
		manufacturerPartNumber:text50 customFields:[CustomFieldValue]`,
	ConfigurationStatus: `
		id:int description:text50! closedFlag:bool defaultFlag:bool`,
	ConfigurationType: `
		id:int name:text50! inactiveFlag:bool systemFlag:bool`,
	TimeEntry: `
		id:int company:>Company companyType:text chargeToId:int
		chargeToType:enum(Company|ServiceTicket|ProjectTicket|ChargeCode|Activity) member:>Member locationId:int
		businessUnitId:int businessGroupDesc:text location:>OwnerLevel department:>BillingUnit workType:>WorkType
		workRole:>WorkRole agreement:>Agreement agreementType:text activity:>Activity opportunityRecid:int
		projectActivity:text territory:text timeStart:date! timeEnd:date hoursDeduct:num actualHours:num
		billableOption:enum(Billable|DoNotBill|NoCharge|NoDefault) notes:text internalNotes:text
		addToDetailDescriptionFlag:bool addToInternalAnalysisFlag:bool addToResolutionFlag:bool
		emailResourceFlag:bool emailContactFlag:bool emailCcFlag:bool emailCc:text hoursBilled:num invoiceHours:num
		hourlyCost:text enteredBy:text dateEntered:date invoice:>Invoice mobileGuid:guid hourlyRate:num
		overageRate:num agreementHours:num agreementAmount:num agreementAdjustment:num adjustment:num
		invoiceReady:int timeSheet:>TimeSheet
		status:enum(Open|Rejected|PendingApproval|ErrorsCorrected|PendingProjectApproval|ApprovedByTierOne|RejectBySecondTier|ApprovedByTierTwo|ReadyToBill|Billed|WrittenOff|BilledAgreement)
		ticket:>Ticket project:>Project phase:>ProjectPhase ticketBoard:text ticketStatus:text ticketType:text
		ticketSubType:text invoiceFlag:bool extendedInvoiceAmount:num locationName:text taxCode:>TaxCode
		customFields:[CustomFieldValue]`,
	WorkType: `
		id:int name:text50! billTime:enum(Billable|DoNotBill|NoCharge)! rateType:enum(AdjAmount|Custom|Multiplier)!
		rate:num! hoursMin:num hoursMax:num roundBillHoursTo:num accrualType:enum(Holiday|PTO|Sick|Vacation)
		inactiveFlag:bool overallDefaultFlag:bool activityDefaultFlag:bool utilizationFlag:bool costMultiplier:num
		integrationXRef:text50 addAllAgreementExclusions:bool`,
	WorkRole: `
		id:int name:text50! hourlyRate:num integrationXref:text50 inactiveFlag:bool addAllLocations:bool
		removeAllLocations:bool addAllAgreementExclusions:bool locationIds:[int]`,
	ScheduleEntry: `
		id:int objectId:int name:text250 member:>Member where:>ServiceLocation dateStart:date dateEnd:date
		reminder:>Reminder status:>ScheduleStatus type:>ScheduleType! span:>ScheduleSpan doneFlag:bool
		acknowledgedFlag:bool ownerFlag:bool meetingFlag:bool ticketType:text allowScheduleConflictsFlag:bool
		addMemberToProjectFlag:bool projectRoleId:int mobileGuid:guid acknowledgedDate:date closeDate:date
		notifyResource:bool notificationSent:bool notificationResponse:text hours:num startTimeSet:bool
		endTimeSet:bool`,
	ScheduleType: `
		id:int name:text50! identifier:text1! chargeCode:>ChargeCode where:>ServiceLocation systemFlag:bool`,
	ScheduleStatus: `
		id:int name:text30! defaultFlag:bool showAsTentativeFlag:bool`,
	Member: `
		id:int identifier:text15! disableOnlineFlag:bool licenseClass:enum(A|C|F|X)! notes:text
		employeeIdentifer:text10 vendorNumber:text enableMobileGpsFlag:bool inactiveDate:date inactiveFlag:bool
		lastLogin:text clientId:text firstName:text30! middleInitial:text1 lastName:text30! hireDate:date!
		country:>Country photo:>Document officeEmail:text250 mobileEmail:text250 homeEmail:text250
		defaultEmail:enum(Office|Mobile|Home)! primaryEmail:text250 officePhone:text15 officeExtension:text10
		mobilePhone:text15 mobileExtension:text10 homePhone:text15 homeExtension:text10
		defaultPhone:enum(Office|Mobile|Home)! securityRole:>SecurityRole! office365:>MemberOffice365 mapiName:text
		calendarSyncIntegrationFlag:bool authenticationServiceType:enum(AuthAnvil|GoogleAuthenticator|Email)
		timebasedOneTimePasswordActivated:bool enableLdapAuthenticationFlag:bool
		ldapConfiguration:>LdapConfiguration ldapUserName:text50 directionalSync:>DirectionalSync
		ssoSettings:>MemberSsoSettings signature:text phoneIntegrationType:enum(TAPI|SKYPE|TEL|CALLTO|NONE)
		useBrowserLanguageFlag:bool title:text reportCard:>ReportCard enableMobileFlag:bool type:>MemberType
		timeZone:>TimeZoneSetup partnerPortalFlag:bool stsUserAdminUrl:text toastNotificationFlag:bool
		memberPersonas:[int] adminFlag:bool structureLevel:>Structure securityLocation:>SystemLocation
		defaultLocation:>SystemLocation defaultDepartment:>SystemDepartment reportsTo:>Member
		restrictLocationFlag:bool restrictDepartmentFlag:bool workRole:>WorkRole workType:>WorkType
		timeApprover:>Member expenseApprover:>Member billableForecast:num dailyCapacity:num hourlyCost:num
		hourlyRate:num includeInUtilizationReportingFlag:bool requireExpenseEntryFlag:bool
		requireTimeSheetEntryFlag:bool requireStartAndEndTimeOnTimeEntryFlag:bool allowInCellEntryOnTimeSheet:bool
		enterTimeAgainstCompanyFlag:bool allowExpensesEnteredAgainstCompaniesFlag:bool timeReminderEmailFlag:bool
		daysTolerance:int minimumHours:num timeSheetStartDate:text serviceDefaultLocation:>SystemLocation
		serviceDefaultDepartment:>SystemDepartment serviceDefaultBoard:>Board
		restrictServiceDefaultLocationFlag:bool restrictServiceDefaultDepartmentFlag:bool
		excludedServiceBoardIds:[int] teams:[int] serviceBoardTeamIds:[int] projectDefaultLocation:>SystemLocation
		projectDefaultDepartment:>SystemDepartment projectDefaultBoard:>ProjectBoard
		restrictProjectDefaultLocationFlag:bool restrictProjectDefaultDepartmentFlag:bool
		excludedProjectBoardIds:[int] scheduleDefaultLocation:>SystemLocation
		scheduleDefaultDepartment:>SystemDepartment scheduleCapacity:num serviceLocation:>ServiceLocation
		restrictScheduleFlag:bool hideMemberInDispatchPortalFlag:bool calendar:>Calendar
		salesDefaultLocation:>SystemLocation restrictDefaultSalesTerritoryFlag:bool warehouse:>Warehouse
		warehouseBin:>WarehouseBin restrictDefaultWarehouseFlag:bool restrictDefaultWarehouseBinFlag:bool
		companyActivityTabFormat:enum(SummaryList|DetailList) invoiceTimeTabFormat:enum(SummaryList|DetailList)
		invoiceScreenDefaultTabFormat:enum(ShowInvoicingTab|ShowAgreementInvoicingTab)
		invoicingDisplayOptions:enum(RemainOnInvoicingScreen|ShowRecentInvoices)
		agreementInvoicingDisplayOptions:enum(RemainOnInvoicingScreen|ShowRecentInvoices) autoStartStopwatch:bool
		autoPopupQuickNotesWithStopwatch:bool
		globalSearchDefaultTicketFilter:enum(OpenRecords|ClosedRecords|AllRecords)
		globalSearchDefaultSort:enum(None|LastUpdatedDesc|LastUpdatedAsc|CreatedDesc|CreatedAsc) phoneSource:text
		copyPodLayouts:bool copySharedDefaultViews:bool copyColumnLayoutsAndFilters:bool fromMemberRecId:int
		fromMemberTemplateRecId:int customFields:[CustomFieldValue]`,
	MyMember: `
		id:int identifier:text firstName:text middleInitial:text lastName:text title:text reportCard:>ReportCard
		licenseClass:enum(A|C|F|X) disableOnlineFlag:bool enableMobileFlag:bool type:>MemberType
		employeeIdentifer:text vendorNumber:text notes:text timeZone:>TimeZoneSetup country:>Country
		serviceBoardTeamIds:[int] enableMobileGpsFlag:bool inactiveDate:text inactiveFlag:bool lastLogin:text
		photo:>Document toastNotificationFlag:bool officeEmail:text officePhone:text officeExtension:text
		mobileEmail:text mobilePhone:text mobileExtension:text homeEmail:text homePhone:text homeExtension:text
		defaultEmail:enum(Office|Mobile|Home) defaultPhone:enum(Office|Mobile|Home) securityRole:>SecurityRole
		adminFlag:bool structureLevel:>Structure securityLocation:>SystemLocation defaultLocation:>SystemLocation
		defaultDepartment:>SystemDepartment reportsTo:>Member restrictLocationFlag:bool restrictDepartmentFlag:bool
		workRole:>WorkRole workType:>WorkType timeApprover:>Member expenseApprover:>Member billableForecast:num
		dailyCapacity:num hourlyCost:num hourlyRate:num includeInUtilizationReportingFlag:bool
		requireExpenseEntryFlag:bool requireTimeSheetEntryFlag:bool requireStartAndEndTimeOnTimeEntryFlag:bool
		allowInCellEntryOnTimeSheet:bool enterTimeAgainstCompanyFlag:bool
		allowExpensesEnteredAgainstCompaniesFlag:bool timeReminderEmailFlag:bool daysTolerance:int minimumHours:num
		timeSheetStartDate:text hireDate:text serviceDefaultLocation:>SystemLocation
		serviceDefaultDepartment:>SystemDepartment serviceDefaultBoard:>Board
		restrictServiceDefaultLocationFlag:bool restrictServiceDefaultDepartmentFlag:bool
		excludedServiceBoardIds:[int] projectDefaultLocation:>SystemLocation
		projectDefaultDepartment:>SystemDepartment projectDefaultBoard:>ProjectBoard
		restrictProjectDefaultLocationFlag:bool restrictProjectDefaultDepartmentFlag:bool
		excludedProjectBoardIds:[int] scheduleDefaultLocation:>SystemLocation
		scheduleDefaultDepartment:>SystemDepartment scheduleCapacity:num serviceLocation:>ServiceLocation
		restrictScheduleFlag:bool hideMemberInDispatchPortalFlag:bool calendar:>Calendar
		salesDefaultLocation:>SystemLocation restrictDefaultSalesTerritoryFlag:bool warehouse:>Warehouse
		warehouseBin:>WarehouseBin restrictDefaultWarehouseFlag:bool restrictDefaultWarehouseBinFlag:bool
		mapiName:text calendarSyncIntegrationFlag:bool enableLdapAuthenticationFlag:bool
		ldapConfiguration:>LdapConfiguration ldapUserName:text companyActivityTabFormat:enum(SummaryList|DetailList)
		invoiceTimeTabFormat:enum(SummaryList|DetailList)
		invoiceScreenDefaultTabFormat:enum(ShowInvoicingTab|ShowAgreementInvoicingTab)
		invoicingDisplayOptions:enum(RemainOnInvoicingScreen|ShowRecentInvoices)
		agreementInvoicingDisplayOptions:enum(RemainOnInvoicingScreen|ShowRecentInvoices)
		authenticationServiceType:enum(AuthAnvil|GoogleAuthenticator|Email) timebasedOneTimePasswordActivated:bool
		directionalSync:>DirectionalSync ssoSessionFlag:bool ssoClientId:text`,
	DocumentInfo: `
		id:int title:text fileName:text serverFileName:text owner:text linkFlag:bool imageFlag:bool publicFlag:bool
		htmlTemplateFlag:bool readOnlyFlag:bool size:int urlFlag:bool createdOnDate:text documentType:>DocumentType
		guid:guid guidSecondary:guid`,
	Department: `
		id:int identifier:text15! name:text50!`,
	Location: `
		id:int ownerLevelId:int structureLevel:>CorporateStructureLevel! name:text50! manager:>Member
		reportsTo:>SystemLocation salesRep:text50 timeZoneSetup:>TimeZoneSetup calendar:>Calendar
		overrideAddressLine1:text50 overrideAddressLine2:text50 overrideCity:text50 overrideState:text50
		overrideZip:text12 overrideCountry:>Country overridePhoneNumber:text15 overrideFaxNumber:text15
		owaUrl:text100 payrollXref:text10 locationFlag:bool clientFlag:bool workRoleIds:[int] departmentIds:[int]`,
	Info: `
		version:text isCloud:bool serverTimeZone:text licenseBits:[LicenseBit] cloudRegion:text
		maxWorkFlowRecordsAllowed:int`,
	LicenseBit: `
		name:text activeFlag:bool`,
	ActivityReference: `
		id:int name:text`,
	ConfigurationReference: `
		id:int deviceIdentifier:text`,
	DocumentReference: `
		id:int name:text`,
	ProductReference: `
		id:int description:text`,
	ScheduleEntryReference: `
		id:int description:text`,
	TimeEntryReference: `
		id:int`,
	TicketMerge: `
		mergeTicketIds:[int]! status:>ServiceStatus!`,
	CompanyMerge: `
		toCompanyId:int! name:enum(From|To) identifier:enum(From|To) status:enum(From|To) type:enum(From|To)
		primaryAddress:enum(From|To) primaryContact:enum(From|To) phone:enum(From|To) fax:enum(From|To)
		website:enum(From|To) market:enum(From|To) territory:enum(From|To) revenue:enum(From|To)
		revenueYear:enum(From|To) numberOfEmployees:enum(From|To) sicCode:enum(From|To) dateAcquired:enum(From|To)
		timeZone:enum(From|To) sourceList:enum(From|To) userDefinedField1:enum(From|To)
		userDefinedField2:enum(From|To) userDefinedField3:enum(From|To) userDefinedField4:enum(From|To)
		userDefinedField5:enum(From|To) userDefinedField6:enum(From|To) userDefinedField7:enum(From|To)
		userDefinedField8:enum(From|To) userDefinedField9:enum(From|To) userDefinedField10:enum(From|To)
		billingAddress:enum(From|To) billingContact:enum(From|To) taxCode:enum(From|To) accountNumber:enum(From|To)
		billingTerms:enum(From|To) notes:enum(Discard|Merge) sites:enum(Discard|Merge)
		activities:enum(Discard|Merge) opportunities:enum(Discard|Merge) services:enum(Discard|Merge)
		projects:enum(Discard|Merge) contacts:enum(Discard|Merge) documents:enum(Discard|Merge)`,
	MemberDeactivation: `
		activity:obj serviceTeam:obj companyTeam:obj workflowEmail:obj serviceStatusWorkflow:obj ticketTemplate:obj
		opportunity:obj salesTeam:obj projectManager:obj projectTimeApprover:obj projectExpenseApprover:obj
		knowledgeBaseArticle:obj myCompanyPresident:obj myCompanyCOO:obj myCompanyController:obj
		myCompanyDispatch:obj myCompanyServiceManager:obj myCompanyDutyManagerRole:obj departmentManager:obj
		dispatchMember:obj serviceManager:obj dutyManager:obj sendFromEmailNotify:obj
		deleteOpenTimeSheetsFlag:bool`,
	FilterValues: `
		conditions:text orderBy:text childconditions:text customfieldconditions:text`,
	CustomFieldValue: `
		id:int caption:text
		type:enum(TextArea|Button|Currency|Date|Hyperlink|IPAddress|Checkbox|Number|Percent|PhoneNumber|Text|Password)
		entryMethod:enum(Date|EntryField|List|Option) numberOfDecimals:int value:obj rowNum:int
		userDefinedFieldRecId:int podId:text`,
	ContactCommunicationItem: `
		id:int type:>CommunicationType value:text extension:text defaultFlag:bool domain:text
		communicationType:enum(Email|Fax|Phone)`,
	ConfigurationQuestion: `
		answerId:int questionId:int question:text answer:obj sequenceNumber:num numberOfDecimals:int
		fieldType:enum(TextArea|Currency|Date|Hyperlink|IPAddress|Checkbox|Number|Percent|Text|Password)
		requiredFlag:bool`,
} as const;

/** Those above, and `facts:` with a record of the vendor's facts. */
export type SchemaName = keyof typeof RECORD_FIELDS | `facts:${string}`;

/** Fields of the references that differ from the usual `id` and `name`. */
const REFERENCE_FIELDS: Record<string, string> = {
	Agreement: 'id:int name:text type:text chargeFirmFlag:bool',
	CommunicationType: 'id:int name:text coreEntityId:text',
	Company: 'id:int identifier:text name:text',
	Country: 'id:int identifier:text name:text',
	Currency:
		'id:int symbol:text currencyCode:text decimalSeparator:text numberOfDecimals:int thousandsSeparator:text negativeParenthesesFlag:bool displaySymbolFlag:bool currencyIdentifier:text displayIdFlag:bool rightAlign:bool name:text',
	Invoice: 'id:int identifier:text billingType:text applyToType:text invoiceDate:text chargeFirmFlag:bool',
	LdapConfiguration: 'id:int name:text server:text',
	MemberOffice365: 'id:text name:text',
	Member: 'id:int identifier:text name:text dailyCapacity:num',
	MemberSsoSettings: 'id:int ssoUserId:text userName:text email:text',
	Priority: 'id:int name:text sort:int level:text',
	ScheduleEntry: 'id:int description:text',
	ScheduleSpan: 'id:int identifier:text',
	ScheduleType: 'id:int identifier:text',
	ServiceEmailTemplate: 'id:int identifier:text name:text type:text',
	ServiceStatus: 'id:int name:text sort:int',
	State: 'id:int identifier:text name:text',
	StatusIndicator: 'id:int identifier:text name:text',
	SystemDepartment: 'id:int identifier:text name:text',
	Ticket: 'id:int summary:text',
	Warehouse: 'id:int name:text lockedFlag:bool',
	WorkType: 'id:int name:text utilizationFlag:bool',
};

export type FieldType =
	| { kind: 'int' | 'num' | 'bool' | 'date' | 'guid' | 'obj' }
	| { kind: 'text'; maxLength?: number }
	| { kind: 'enum'; values: readonly string[] }
	| { kind: 'ref'; to: string }
	| { kind: 'record'; readonly fields: Schema }
	| { kind: 'array'; of: FieldType };

export type Field = { name: string; type: FieldType; required: boolean };

/** Fields by lower-case name, because the vendor's conditions take names in any case. */
export type Schema = ReadonlyMap<string, Field>;

function parseType(text: string): FieldType {
	if (text.startsWith('>')) return { kind: 'ref', to: text.slice(1) };
	if (text.startsWith('[')) {
		const inner = text.slice(1, -1);
		if (inner in RECORD_FIELDS) {
			return { kind: 'array', of: { kind: 'record', fields: schemaOf(inner as SchemaName) } };
		}
		return { kind: 'array', of: parseType(inner) };
	}
	if (text.startsWith('enum(')) return { kind: 'enum', values: text.slice(5, -1).split('|') };
	if (text.startsWith('text')) {
		const maxLength = Number(text.slice(4));
		return maxLength > 0 ? { kind: 'text', maxLength } : { kind: 'text' };
	}
	switch (text) {
		case 'int':
		case 'num':
		case 'bool':
		case 'date':
		case 'guid':
		case 'obj':
			return { kind: text };
		default:
			throw new Error(`schemas.ts: unknown type ${text}`);
	}
}

function parseFields(text: string): Schema {
	const fields = text
		.trim()
		.split(/\s+/)
		.map((word): Field => {
			const required = word.endsWith('!');
			const [name = '', type = ''] = (required ? word.slice(0, -1) : word).split(/:(.*)/s);
			return { name, type: parseType(type), required };
		});
	return new Map(fields.map((field) => [field.name.toLowerCase(), field]));
}

// Parsed once per isolate, never changed.
const schemas = new Map<SchemaName, Schema>();
const referenceSchemas = new Map<string, Schema>();

export function schemaOf(name: SchemaName): Schema {
	const known = schemas.get(name);
	if (known) return known;
	const schema = isWritten(name) ? parseFields(RECORD_FIELDS[name]) : deriveSchema(name.slice('facts:'.length));
	schemas.set(name, schema);
	return schema;
}

function isWritten(name: SchemaName): name is keyof typeof RECORD_FIELDS {
	return name in RECORD_FIELDS;
}

/** The fields inside a reference, for example `id`, `identifier` and `name` of a Company. */
export function referenceSchema(kind: string): Schema {
	const known = referenceSchemas.get(kind);
	if (known) return known;
	const written = REFERENCE_FIELDS[kind];
	const schema = written ? parseFields(written) : (deriveReferenceSchema(kind) ?? parseFields('id:int name:text'));
	referenceSchemas.set(kind, schema);
	return schema;
}
