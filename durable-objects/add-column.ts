// Tables that were made before they had a column.

/** Safe to repeat. */
export function addColumn(sql: SqlStorage, table: string, column: string, type: string): void {
	const columns = sql.exec<{ name: string }>('SELECT name FROM pragma_table_info(?)', table).toArray();
	if (!columns.some(({ name }) => name === column)) sql.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
}
