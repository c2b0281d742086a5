// The format of integrations/<name>/: what each JSON file may hold. Checked before each start, deploy and test;
// trusted at run time, because the data is bundled with the code.
import type * as z from 'zod';
import type { documentationFileSchema, filterSchema, methodDocumentationSchema } from './format/documentation-file.ts';
import type { filtersSchema, timeFormat } from './format/filters.ts';
import type {
	customFieldsSchema,
	integrationFileSchema,
	lookupSchema,
	searchSourceSchema,
} from './format/integration-file.ts';
import type { jobSchema, jobsFileSchema } from './format/jobs-file.ts';
import type { overlayFileSchema } from './format/overlay-file.ts';
import type { pagingSchema } from './format/paging.ts';
import type { fieldSchema, methodFactSchema, recordSchema, resourcesFileSchema } from './format/resources-file.ts';
import type { httpVerb } from './format/shared.ts';
import type {
	guidesFileSchema,
	promptsFileSchema,
	timeZonesFileSchema,
	wordsFileSchema,
} from './format/texts-files.ts';

export { documentationFileSchema } from './format/documentation-file.ts';
export { integrationFileSchema } from './format/integration-file.ts';
export { jobsFileSchema } from './format/jobs-file.ts';
export { overlayFileSchema } from './format/overlay-file.ts';
export { resourcesFileSchema } from './format/resources-file.ts';
export type { ArgumentSchema } from './format/shared.ts';
export { guidesFileSchema, promptsFileSchema, timeZonesFileSchema, wordsFileSchema } from './format/texts-files.ts';

export type SearchSource = z.infer<typeof searchSourceSchema>;
export type PromptsFile = z.infer<typeof promptsFileSchema>;
export type PromptFact = PromptsFile[string];
export type GuidesFile = z.infer<typeof guidesFileSchema>;
export type JobsFile = z.infer<typeof jobsFileSchema>;
export type JobFact = z.infer<typeof jobSchema>;
export type TimeZonesFile = z.infer<typeof timeZonesFileSchema>;
export type WordsFile = z.infer<typeof wordsFileSchema>;
export type IntegrationFile = z.infer<typeof integrationFileSchema>;
export type ResourcesFile = z.infer<typeof resourcesFileSchema>;
export type DocumentationFile = z.infer<typeof documentationFileSchema>;
export type ResourceFact = ResourcesFile['resources'][string];
export type MethodFact = z.infer<typeof methodFactSchema>;
export type FieldFact = z.infer<typeof fieldSchema>;
export type RecordFact = z.infer<typeof recordSchema>;
export type ResourceDocumentation = DocumentationFile[string];
export type MethodDocumentation = z.infer<typeof methodDocumentationSchema>;
export type CustomFields = z.infer<typeof customFieldsSchema>;
export type Lookup = z.infer<typeof lookupSchema>;
export type OverlayFile = z.infer<typeof overlayFileSchema>;
export type Paging = z.infer<typeof pagingSchema>;
export type Auth = IntegrationFile['auth'];
export type Filters = z.infer<typeof filtersSchema>;
export type TimeFormat = z.infer<typeof timeFormat>;
export type FilterFact = z.infer<typeof filterSchema>;
export type Verb = z.infer<typeof httpVerb>;
