-- TOOL: djangorestframework-simplejwt, exact
-- The same tables, where the database deletes the rows that blacklist a token together with it. An expired token goes
-- at once, blacklisted or not, and nothing else does.
-- KNOW: The foreign key is changed once. Django does not mind: it deletes the rows itself before the token. Your constraint's name stands in `\d token_blacklist_blacklistedtoken`.
-- KNOW: `ALLOW_CASCADE` says that this is meant.
--
--   SILTGATE_TABLES_0_NAME=token_blacklist_outstandingtoken
--   SILTGATE_TABLES_0_ALLOW_CASCADE=true
CREATE TABLE token_blacklist_outstandingtoken (id bigint PRIMARY KEY, token text NOT NULL, created_at timestamptz, expires_at timestamptz NOT NULL, user_id integer, jti varchar(255) NOT NULL UNIQUE);
CREATE TABLE token_blacklist_blacklistedtoken (id bigint PRIMARY KEY, blacklisted_at timestamptz NOT NULL, token_id bigint NOT NULL UNIQUE REFERENCES token_blacklist_outstandingtoken (id) DEFERRABLE INITIALLY DEFERRED, label text);
-- FIRST
ALTER TABLE token_blacklist_blacklistedtoken
  DROP CONSTRAINT token_blacklist_blacklistedtoken_token_id_fkey,
  ADD CONSTRAINT token_blacklist_blacklistedtoken_token_id_fkey
    FOREIGN KEY (token_id) REFERENCES token_blacklist_outstandingtoken (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
-- ROWS
INSERT INTO token_blacklist_outstandingtoken VALUES (1, 'live', now(), now() + interval '1 day', 1, '1'), (2, 'dead, never blacklisted', now(), now() - interval '1 hour', 1, '2'), (3, 'dead, blacklisted long ago', now(), now() - interval '2 days', 1, '3'), (4, 'dead, blacklisted yesterday', now(), now() - interval '1 hour', 1, '4'), (5, 'live, blacklisted', now(), now() + interval '6 days', 1, '5');
INSERT INTO token_blacklist_blacklistedtoken VALUES (3, now() - interval '8 days', 3, 'dead'), (4, now() - interval '1 day', 4, 'dead, blacklisted yesterday'), (5, now() - interval '9 days', 5, 'live, of a token that still lives');
