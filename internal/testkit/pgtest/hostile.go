package pgtest

import (
	"testing"
)

// Hostile makes a database of whatever others may put into the schemas of a search_path, and
// sets its search_path to them, with pg_catalog last. The schema hostile has a copy of each
// built-in function, operator, type and view: whoever does not name one with its schema gets
// the copy. The schema public has operators that fit operands of two types better than the
// built-in ones do, which Postgres chooses although pg_catalog comes first. All of them note that they
// were called, see HostileCalls, and fail.
func Hostile(t testing.TB, url string) {
	t.Helper()
	for _, sql := range []string{hostileBase, hostileFunctions, hostileOperators, hostileViews, hostileTypes, betterOperators, hostilePath} {
		mustExecute(t, url, sql)
	}
}

// HostileCalls counts the calls of anything that Hostile made.
const HostileCalls = `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM hostile.calls`

const hostileBase = `
	CREATE SCHEMA hostile;
	GRANT USAGE ON SCHEMA hostile TO PUBLIC;
	CREATE SEQUENCE hostile.calls;
	CREATE FUNCTION hostile.called() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	BEGIN
		PERFORM nextval('hostile.calls');
		RAISE 'an object of others was used';
	END $$`

const hostileFunctions = `
	DO $do$
	DECLARE f record;
	BEGIN
		FOR f IN
			SELECT p.proname, oidvectortypes(p.proargtypes) AS arguments, format_type(p.prorettype, NULL) AS result
			FROM pg_proc AS p
			WHERE p.pronamespace = 'pg_catalog'::regnamespace
				AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'cstring'::regtype)
				AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
		LOOP
			BEGIN
				EXECUTE format('CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS
					$f$ BEGIN PERFORM hostile.called(); RETURN NULL; END $f$', f.proname, f.arguments, f.result);
			EXCEPTION WHEN OTHERS THEN
				NULL; -- a pseudo-type that no such function may have
			END;
		END LOOP;
	END $do$`

const hostileOperators = `
	DO $do$
	DECLARE o record;
	BEGIN
		FOR o IN
			SELECT
				p.oprname,
				concat_ws(', ',
					'LEFTARG = ' || format_type(nullif(p.oprleft, 0), NULL),
					'RIGHTARG = ' || format_type(nullif(p.oprright, 0), NULL)) AS operands,
				f.proname
			FROM pg_operator AS p
			JOIN pg_proc AS f ON f.oid = p.oprcode
			WHERE p.oprnamespace = 'pg_catalog'::regnamespace
		LOOP
			BEGIN
				EXECUTE format('CREATE OPERATOR hostile.%s (%s, FUNCTION = hostile.%I)', o.oprname, o.operands, o.proname);
			EXCEPTION WHEN OTHERS THEN
				NULL; -- its function could not be made
			END;
		END LOOP;
	END $do$`

const hostileViews = `
	DO $do$
	DECLARE c record;
	BEGIN
		FOR c IN SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') LOOP
			BEGIN
				EXECUTE format('CREATE VIEW hostile.%1$I AS SELECT * FROM pg_catalog.%1$I WHERE hostile.called()', c.relname);
			EXCEPTION WHEN OTHERS THEN
				NULL; -- a type that no view may have
			END;
			EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA hostile TO PUBLIC');
		END LOOP;
	END $do$`

const hostileTypes = `
	DO $do$
	DECLARE name text;
	BEGIN
		FOREACH name IN ARRAY ARRAY['text', 'name', 'oid', 'int4', 'int8', 'bool', 'float8', 'timestamptz', 'jsonb', 'tid', 'regclass', 'regtype'] LOOP
			EXECUTE format('CREATE DOMAIN hostile.%1$I AS pg_catalog.%1$I CHECK (hostile.called())', name);
		END LOOP;
	END $do$`

const betterOperators = `
	DO $do$
	DECLARE
		types text[] := ARRAY['"char"', 'name', 'text', 'varchar', 'int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric',
			'timestamptz', 'timestamp', 'date', 'interval', 'regclass', 'name[]', 'text[]', 'oid[]', 'int2[]', 'jsonb', 'uuid'];
		l text; r text; o text;
	BEGIN
		FOREACH l IN ARRAY types LOOP
			FOREACH r IN ARRAY types LOOP
				EXECUTE format('CREATE FUNCTION public.better(%s, %s) RETURNS boolean LANGUAGE plpgsql AS
					$f$ BEGIN PERFORM hostile.called(); RETURN NULL; END $f$', l, r);
				FOREACH o IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>=', '||', '/', '*', '-', '+', '&', '->', '->>', '?', '~', '~~', '@>'] LOOP
					EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.better)', o, l, r);
				END LOOP;
			END LOOP;
		END LOOP;
	END $do$`

const hostilePath = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = hostile, public, pg_catalog', current_database()); END $$`
