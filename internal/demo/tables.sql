-- Token tables of the usual kind, with far more dead rows than live ones. Keys and indexes
-- come after the rows: so it is faster.
CREATE TABLE refresh_tokens (
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id    bigint NOT NULL,
    token_hash text NOT NULL DEFAULT encode(sha256(gen_random_uuid()::text::bytea), 'hex'),
    expires_at timestamptz NOT NULL,
    revoked    boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE password_resets (
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id    bigint NOT NULL,
    token_hash text NOT NULL DEFAULT encode(sha256(gen_random_uuid()::text::bytea), 'hex'),
    expires_at timestamptz NOT NULL,
    used       boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Of a hundred: 55 expired up to two months ago, 20 were revoked before their time, 22 live
-- for another month, 3 have seconds to live: from the fifth on, some 30 run out in each.
INSERT INTO refresh_tokens (user_id, expires_at, revoked, created_at)
SELECT 1 + i % 5000,
       expires_at,
       i % 100 BETWEEN 55 AND 74,
       expires_at - interval '90 days'
  FROM generate_series(0, 99999) AS i
 CROSS JOIN LATERAL (SELECT CASE WHEN i % 100 < 55 THEN now() - interval '1 second' - i * interval '50 seconds'
                                 WHEN i % 100 < 97 THEN now() + interval '30 days'
                                 ELSE now() + interval '5 seconds' + i * interval '0.9 milliseconds'
                            END AS expires_at) AS expiry;

-- Of ten: 6 expired, 2 were used, 2 live for another hour.
INSERT INTO password_resets (user_id, expires_at, used, created_at)
SELECT 1 + i,
       expires_at,
       i % 10 IN (6, 7),
       expires_at - interval '1 hour'
  FROM generate_series(0, 4999) AS i
 CROSS JOIN LATERAL (SELECT CASE WHEN i % 10 < 6 THEN now() - interval '1 second' - i * interval '10 minutes'
                                 ELSE now() + interval '1 hour'
                            END AS expires_at) AS expiry;

ALTER TABLE refresh_tokens ADD PRIMARY KEY (id), ADD UNIQUE (token_hash);
CREATE INDEX refresh_tokens_user_id_idx ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at);
CREATE INDEX refresh_tokens_revoked_idx ON refresh_tokens (id) WHERE revoked;

ALTER TABLE password_resets ADD PRIMARY KEY (id), ADD UNIQUE (token_hash);
CREATE INDEX password_resets_user_id_idx ON password_resets (user_id);
CREATE INDEX password_resets_expires_at_idx ON password_resets (expires_at);
CREATE INDEX password_resets_used_idx ON password_resets (id) WHERE used;

-- A record of live rows, out of Siltgate's reach: a row must be there as long as this says that
-- it lives. The trigger enters what the application does; no DELETE changes the record.
CREATE SCHEMA demo;

CREATE TABLE demo.living (
    id         uuid PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

CREATE VIEW demo.tokens AS
SELECT 'refresh_tokens' AS "table", id, expires_at, revoked AS done FROM refresh_tokens
UNION ALL
SELECT 'password_resets', id, expires_at, used FROM password_resets;

INSERT INTO demo.living (id, expires_at)
SELECT id, expires_at FROM demo.tokens WHERE NOT done AND expires_at > now();

CREATE FUNCTION demo.record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM demo.living WHERE id = NEW.id;
    INSERT INTO demo.living (id, expires_at) SELECT NEW.id, NEW.expires_at WHERE NOT NEW.revoked;
    RETURN NULL;
END;
$$;

CREATE TRIGGER record AFTER INSERT OR UPDATE ON refresh_tokens
    FOR EACH ROW EXECUTE FUNCTION demo.record();

ANALYZE;
