-- TOOL: Payload CMS
-- Sessions of a collection with `auth` stand in an array of each user, which on Postgres is a table: `users_sessions`. A row is dead
-- when `expires_at` has passed.
-- KNOW: Each collection with `auth` has such a table: `<collection>_sessions`.
-- KNOW: Tokens to reset a password stand in columns of `users`. They are no rows of their own: nothing to purge.
-- KNOW: Payload drops a user's expired sessions at that user's next login. Those of users who do not come back stay.
--
--   SILTGATE_TABLES_0_NAME=users_sessions
CREATE TABLE users (id serial PRIMARY KEY NOT NULL, updated_at timestamp(3) with time zone DEFAULT now() NOT NULL, created_at timestamp(3) with time zone DEFAULT now() NOT NULL, email varchar NOT NULL, reset_password_token varchar, reset_password_expiration timestamp(3) with time zone, salt varchar, hash varchar, login_attempts numeric DEFAULT 0, lock_until timestamp(3) with time zone);
CREATE TABLE users_sessions (_order integer NOT NULL, _parent_id integer NOT NULL CONSTRAINT users_sessions_parent_id_fk REFERENCES users (id) ON DELETE CASCADE, id varchar PRIMARY KEY NOT NULL, created_at timestamp(3) with time zone, expires_at timestamp(3) with time zone NOT NULL);
CREATE INDEX users_sessions_order_idx ON users_sessions (_order);
CREATE INDEX users_sessions_parent_id_idx ON users_sessions (_parent_id);
INSERT INTO users (email, reset_password_token, reset_password_expiration) VALUES ('live', 't', now() - interval '1 year');
INSERT INTO users_sessions VALUES (1, 1, 'live', now(), now() + interval '1 minute'), (2, 1, 'dead', now(), now() - interval '1 second'), (3, 1, 'live, for ever', now(), 'infinity');
