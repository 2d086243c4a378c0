-- Execute it in database auth, as a superuser or as the owner of schema and tables who may create roles.
-- Passwords are not here: \password sets one in psql.

-- siltgate_owner owns the schema: siltgate migrate.
DO $siltgate$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = E'siltgate_owner') THEN CREATE ROLE siltgate_owner LOGIN; END IF; END $siltgate$;
GRANT CONNECT ON DATABASE auth TO siltgate_owner;

-- siltgate_owner: the schema. Then run siltgate migrate as this role, before what follows.
-- Who is no superuser can give a schema, and grant what is in it, only as a member of the role that owns it.
DO $siltgate$ BEGIN IF NOT EXISTS (SELECT WHERE pg_catalog.pg_has_role(current_user, E'siltgate_owner', 'USAGE')) THEN GRANT siltgate_owner TO CURRENT_USER; END IF; END $siltgate$;
CREATE SCHEMA IF NOT EXISTS siltgate AUTHORIZATION siltgate_owner;
