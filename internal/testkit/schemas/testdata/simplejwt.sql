-- TOOL: djangorestframework-simplejwt
-- `flushexpiredtokens` deletes expired outstanding tokens, and with them the rows that blacklist them. That a row of
-- the blacklist is dead, only its token says; no rule asks another table. So it dies by its age, 7 days here, and
-- until then keeps its token.
-- KNOW: `KEEP_EXPIRED=7d` stands for the longest lifetime of a token (`REFRESH_TOKEN_LIFETIME`). With less, a blacklisted token would be accepted again. With it, an expired token that was blacklisted goes up to 7 days later than `flushexpiredtokens` would delete it.
-- KNOW: To have it go at once, see the next recipe.
-- LATE: dead, blacklisted yesterday
--
--   SILTGATE_TABLES_0_NAME=token_blacklist_blacklistedtoken
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=blacklisted_at
--   SILTGATE_TABLES_0_KEEP_EXPIRED=7d
--   SILTGATE_TABLES_1_NAME=token_blacklist_outstandingtoken
CREATE TABLE token_blacklist_outstandingtoken (id bigint PRIMARY KEY, token text NOT NULL, created_at timestamptz, expires_at timestamptz NOT NULL, user_id integer, jti varchar(255) NOT NULL UNIQUE);
CREATE TABLE token_blacklist_blacklistedtoken (id bigint PRIMARY KEY, blacklisted_at timestamptz NOT NULL, token_id bigint NOT NULL UNIQUE REFERENCES token_blacklist_outstandingtoken (id) DEFERRABLE INITIALLY DEFERRED, label text);
INSERT INTO token_blacklist_outstandingtoken VALUES (1, 'live', now(), now() + interval '1 day', 1, '1'), (2, 'dead, never blacklisted', now(), now() - interval '1 hour', 1, '2'), (3, 'dead, blacklisted long ago', now(), now() - interval '2 days', 1, '3'), (4, 'dead, blacklisted yesterday', now(), now() - interval '1 hour', 1, '4'), (5, 'live, blacklisted', now(), now() + interval '6 days', 1, '5');
INSERT INTO token_blacklist_blacklistedtoken VALUES (3, now() - interval '8 days', 3, 'dead'), (4, now() - interval '1 day', 4, 'dead, blacklisted yesterday'), (5, now(), 5, 'live');
