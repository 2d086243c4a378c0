-- Mostly dead rows, as an unpurged database has them. check.sh knows the counts.

INSERT INTO users (email)
SELECT 'user' || i || '@example.com'
  FROM generate_series(1, 500) AS i;

CREATE TEMPORARY TABLE numbered_users AS
SELECT row_number() OVER (ORDER BY email) - 1 AS number, id
  FROM users;

-- Of 6000, 600 a tenth: six tenths expired up to 60 days ago, two revoked
-- before their time, two live for another 30 days.
INSERT INTO refresh_tokens (user_id, token_hash, expires_at, revoked, created_at)
SELECT u.id,
       encode(sha256(convert_to('sample refresh token ' || i, 'UTF8')), 'hex'),
       expires_at,
       i % 10 IN (6, 7),
       expires_at - interval '90 days'
  FROM generate_series(0, 5999) AS i
 CROSS JOIN LATERAL (SELECT CASE WHEN i % 10 < 6
                                 THEN now() - interval '1 minute' - i * interval '14 minutes'
                                 ELSE now() + interval '30 days'
                            END AS expires_at) AS expiry
  JOIN numbered_users AS u ON u.number = i / 10 % 500;

-- 600 more expire one by one, every six seconds of the first hour, so that
-- each tick of the sample finds a few.
INSERT INTO refresh_tokens (user_id, token_hash, expires_at, created_at)
SELECT u.id,
       encode(sha256(convert_to('sample expiring token ' || i, 'UTF8')), 'hex'),
       now() + i * interval '6 seconds',
       now() - interval '90 days'
  FROM generate_series(1, 600) AS i
  JOIN numbered_users AS u ON u.number = i % 500;

-- Of 2000: 1400 expired, 400 used, 200 live for another day.
INSERT INTO password_resets (user_id, token_hash, expires_at, used, created_at)
SELECT u.id,
       encode(sha256(convert_to('sample password reset ' || i, 'UTF8')), 'hex'),
       expires_at,
       i % 10 IN (7, 8),
       expires_at - interval '1 day'
  FROM generate_series(0, 1999) AS i
 CROSS JOIN LATERAL (SELECT CASE WHEN i % 10 < 7
                                 THEN now() - interval '1 minute' - i * interval '40 minutes'
                                 ELSE now() + interval '1 day'
                            END AS expires_at) AS expiry
  JOIN numbered_users AS u ON u.number = i % 500;

DROP TABLE numbered_users;

ANALYZE;
