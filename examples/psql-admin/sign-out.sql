-- Signs a user out everywhere and has the revoked tokens deleted, both or neither. The role
-- needs what siltgate grants --trigger prints.
--
--   psql "$DATABASE_URL" -v user=7 -v admin=alice -v reason='lost laptop' -f sign-out.sql
\set ON_ERROR_STOP on
\set QUIET on

BEGIN;

UPDATE refresh_tokens SET revoked = true WHERE user_id = :'user' AND NOT revoked;
\echo revoked :ROW_COUNT tokens

-- The run begins after the commit, and sees what was revoked.
SELECT siltgate.enqueue_token_cleanup(
    tables => ARRAY['refresh_tokens'],
    requested_by => :'admin',
    reason => :'reason') AS run;

COMMIT;
