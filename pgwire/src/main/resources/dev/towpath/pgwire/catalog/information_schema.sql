-- The part of information_schema that clients ask for, over the tables of pg_catalog. Its schema is called info here: DuckDB keeps the other name for itself.
CREATE VIEW info.schemata AS SELECT :database AS catalog_name, nspname AS schema_name, 'admin' AS schema_owner, NULL::VARCHAR AS default_character_set_catalog,
  NULL::VARCHAR AS default_character_set_schema, NULL::VARCHAR AS default_character_set_name, NULL::VARCHAR AS sql_path FROM pg_namespace;
CREATE VIEW info.tables AS SELECT :database AS table_catalog, n.nspname AS table_schema, c.relname AS table_name,
  CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'BASE TABLE' END AS table_type, NULL::VARCHAR AS self_referencing_column_name,
  NULL::VARCHAR AS reference_generation, NULL::VARCHAR AS user_defined_type_catalog, NULL::VARCHAR AS user_defined_type_schema,
  NULL::VARCHAR AS user_defined_type_name, 'NO' AS is_insertable_into, 'NO' AS is_typed, NULL::VARCHAR AS commit_action
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v');
CREATE VIEW info.columns AS SELECT :database AS table_catalog, n.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name,
  a.attnum::INTEGER AS ordinal_position, NULL::VARCHAR AS column_default, CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable,
  CASE WHEN t.typelem > 0 AND t.typcategory = 'A' THEN 'ARRAY' ELSE format_type(a.atttypid, NULL) END AS data_type,
  NULL::INTEGER AS character_maximum_length, CASE WHEN t.typcategory = 'S' THEN 1073741824 END AS character_octet_length,
  CASE t.typname WHEN 'int2' THEN 16 WHEN 'int4' THEN 32 WHEN 'int8' THEN 64 WHEN 'float4' THEN 24 WHEN 'float8' THEN 53
    WHEN 'numeric' THEN CASE WHEN a.atttypmod >= 4 THEN (a.atttypmod - 4) // 65536 END END::INTEGER AS numeric_precision,
  CASE WHEN t.typname IN ('int2', 'int4', 'int8', 'float4', 'float8') THEN 2 WHEN t.typname = 'numeric' THEN 10 END AS numeric_precision_radix,
  CASE WHEN t.typname IN ('int2', 'int4', 'int8') THEN 0
    WHEN t.typname = 'numeric' AND a.atttypmod >= 4 THEN (a.atttypmod - 4) % 65536 END::INTEGER AS numeric_scale,
  CASE WHEN t.typname = 'date' THEN 0 WHEN t.typcategory IN ('D', 'T') THEN 6 END AS datetime_precision,
  NULL::VARCHAR AS interval_type, NULL::INTEGER AS interval_precision, NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema,
  NULL::VARCHAR AS character_set_name, NULL::VARCHAR AS collation_catalog, NULL::VARCHAR AS collation_schema, NULL::VARCHAR AS collation_name,
  NULL::VARCHAR AS domain_catalog, NULL::VARCHAR AS domain_schema, NULL::VARCHAR AS domain_name, :database AS udt_catalog,
  'pg_catalog' AS udt_schema, t.typname AS udt_name, NULL::VARCHAR AS scope_catalog, NULL::VARCHAR AS scope_schema, NULL::VARCHAR AS scope_name,
  NULL::INTEGER AS maximum_cardinality, a.attnum::VARCHAR AS dtd_identifier, 'NO' AS is_self_referencing, 'NO' AS is_identity,
  NULL::VARCHAR AS identity_generation, NULL::VARCHAR AS identity_start, NULL::VARCHAR AS identity_increment, NULL::VARCHAR AS identity_maximum,
  NULL::VARCHAR AS identity_minimum, 'NO' AS identity_cycle, 'NEVER' AS is_generated, NULL::VARCHAR AS generation_expression, 'NO' AS is_updatable
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attnum > 0;
CREATE VIEW info.views AS SELECT :database AS table_catalog, n.nspname AS table_schema, c.relname AS table_name, NULL::VARCHAR AS view_definition,
  'NONE' AS check_option, 'NO' AS is_updatable, 'NO' AS is_insertable_into, 'NO' AS is_trigger_updatable, 'NO' AS is_trigger_deletable,
  'NO' AS is_trigger_insertable_into FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v';
CREATE VIEW info.table_privileges AS SELECT 'admin' AS grantor, 'admin' AS grantee, table_catalog, table_schema, table_name,
  'SELECT' AS privilege_type, 'NO' AS is_grantable, 'NO' AS with_hierarchy FROM info.tables;
CREATE VIEW info.role_table_grants AS SELECT * FROM info.table_privileges;
CREATE VIEW info.column_privileges AS SELECT 'admin' AS grantor, 'admin' AS grantee, table_catalog, table_schema, table_name, column_name,
  'SELECT' AS privilege_type, 'NO' AS is_grantable FROM info.columns;
CREATE VIEW info.enabled_roles AS SELECT rolname AS role_name FROM pg_authid;
CREATE VIEW info.applicable_roles AS SELECT rolname AS grantee, rolname AS role_name, 'NO' AS is_grantable FROM pg_authid;
CREATE VIEW info.information_schema_catalog_name AS SELECT :database AS catalog_name;
CREATE VIEW info.character_sets AS SELECT NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema, 'UTF8' AS character_set_name,
  'UCS' AS character_repertoire, 'UTF8' AS form_of_use, :database AS default_collate_catalog, 'pg_catalog' AS default_collate_schema,
  'C.UTF-8' AS default_collate_name;
CREATE TABLE info.table_constraints(constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR, table_catalog VARCHAR,
  table_schema VARCHAR, table_name VARCHAR, constraint_type VARCHAR, is_deferrable VARCHAR, initially_deferred VARCHAR, enforced VARCHAR,
  nulls_distinct VARCHAR);
CREATE TABLE info.key_column_usage(constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR, table_catalog VARCHAR,
  table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR, ordinal_position INTEGER, position_in_unique_constraint INTEGER);
CREATE TABLE info.referential_constraints(constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR,
  unique_constraint_catalog VARCHAR, unique_constraint_schema VARCHAR, unique_constraint_name VARCHAR, match_option VARCHAR, update_rule VARCHAR,
  delete_rule VARCHAR);
CREATE TABLE info.constraint_column_usage(table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR,
  constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR);
CREATE TABLE info.constraint_table_usage(table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, constraint_catalog VARCHAR,
  constraint_schema VARCHAR, constraint_name VARCHAR);
CREATE TABLE info.check_constraints(constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR, check_clause VARCHAR);
CREATE TABLE info.routines(specific_catalog VARCHAR, specific_schema VARCHAR, specific_name VARCHAR, routine_catalog VARCHAR, routine_schema VARCHAR,
  routine_name VARCHAR, routine_type VARCHAR, data_type VARCHAR, type_udt_name VARCHAR, routine_body VARCHAR, routine_definition VARCHAR);
CREATE TABLE info.parameters(specific_catalog VARCHAR, specific_schema VARCHAR, specific_name VARCHAR, ordinal_position INTEGER,
  parameter_mode VARCHAR, parameter_name VARCHAR, data_type VARCHAR, udt_name VARCHAR);
CREATE TABLE info.sequences(sequence_catalog VARCHAR, sequence_schema VARCHAR, sequence_name VARCHAR, data_type VARCHAR, start_value VARCHAR,
  minimum_value VARCHAR, maximum_value VARCHAR, increment VARCHAR, cycle_option VARCHAR);
CREATE TABLE info.triggers(trigger_catalog VARCHAR, trigger_schema VARCHAR, trigger_name VARCHAR, event_manipulation VARCHAR,
  event_object_schema VARCHAR, event_object_table VARCHAR, action_statement VARCHAR, action_timing VARCHAR);
CREATE TABLE info.element_types(object_catalog VARCHAR, object_schema VARCHAR, object_name VARCHAR, object_type VARCHAR,
  collection_type_identifier VARCHAR, data_type VARCHAR, udt_name VARCHAR);
CREATE TABLE info.domains(domain_catalog VARCHAR, domain_schema VARCHAR, domain_name VARCHAR, data_type VARCHAR);
CREATE TABLE info.foreign_tables(foreign_table_catalog VARCHAR, foreign_table_schema VARCHAR, foreign_table_name VARCHAR);
CREATE MACRO info._pg_expandarray(list) AS {'x': NULL::SMALLINT, 'n': NULL::INTEGER};
CREATE MACRO info._pg_truetypid(a, b) AS NULL::UINTEGER;
