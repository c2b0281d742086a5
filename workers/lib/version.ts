// The version that the API and the MCP endpoint tell.
export const VERSION = '0.1.0';
