-- done at: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."used_at" < $3::timestamptz) IS TRUE;
-- [{64 0 true} {128 0 true} 2026-11-22 02:00:00 +0000 UTC]

-- done at: count
SELECT count(*), NULL::timestamptz
FROM ONLY "t" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."used_at" < $2::timestamptz) IS TRUE;
-- [[{1 1 true}] 2026-11-22 02:00:00 +0000 UTC]

-- done at: list used_at
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "t" AS t
WHERE t."used_at" < $1::timestamptz;
-- [2026-11-22 02:00:00 +0000 UTC]

-- expires and revoked: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."expires_at" < $3::timestamptz OR coalesce(t."revoked", false)) IS TRUE;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC]

-- expires and revoked: count
SELECT count(*), min(t."expires_at") FILTER (WHERE isfinite(t."expires_at"))
FROM ONLY "t" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."expires_at" < $2::timestamptz OR coalesce(t."revoked", false)) IS TRUE;
-- [[{1 1 true}] 2026-11-22 03:00:00 +0000 UTC]

-- expires and revoked: list expires_at
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "t" AS t
WHERE t."expires_at" < $1::timestamptz;
-- [2026-11-22 03:00:00 +0000 UTC]

-- expires and revoked: list revoked
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "t" AS t
WHERE t."revoked";
-- []

-- kept until expired: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."expires_at" < $3::timestamptz) IS TRUE;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC]

-- kept until expired: count
SELECT count(*), min(t."expires_at") FILTER (WHERE isfinite(t."expires_at"))
FROM ONLY "t" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."expires_at" < $2::timestamptz) IS TRUE;
-- [[{1 1 true}] 2026-11-22 03:00:00 +0000 UTC]

-- kept until expired: list expires_at
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "t" AS t
WHERE t."expires_at" < $1::timestamptz;
-- [2026-11-22 03:00:00 +0000 UTC]

-- odd names, own schema: delete a range
DELETE FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."expiresAt" < $3::timestamptz OR coalesce(t."re""voked", false)) IS TRUE;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC]

-- odd names, own schema: count
SELECT count(*), min(t."expiresAt") FILTER (WHERE isfinite(t."expiresAt"))
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."expiresAt" < $2::timestamptz OR coalesce(t."re""voked", false)) IS TRUE;
-- [[{1 1 true}] 2026-11-22 03:00:00 +0000 UTC]

-- odd names, own schema: list expiresAt
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."expiresAt" < $1::timestamptz;
-- [2026-11-22 03:00:00 +0000 UTC]

-- odd names, own schema: list re"voked
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."re""voked";
-- []

-- revoked only: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (coalesce(t."revoked", false)) IS TRUE;
-- [{64 0 true} {128 0 true}]

-- revoked only: count
SELECT count(*), NULL::timestamptz
FROM ONLY "t" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (coalesce(t."revoked", false)) IS TRUE;
-- [[{1 1 true}]]

-- revoked only: list revoked
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "t" AS t
WHERE t."revoked";
-- []

-- without zone: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND ((t."local" < $3::timestamptz AT TIME ZONE $4::text AND t."local" AT TIME ZONE $5::text < $6::timestamptz) OR coalesce(t."revoked", false)) IS TRUE;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC Europe/Berlin Europe/Berlin 2026-11-22 03:00:00 +0000 UTC]

-- without zone: count
SELECT count(*), min(t."local" AT TIME ZONE $1::text) FILTER (WHERE isfinite(t."local" AT TIME ZONE $2::text))
FROM ONLY "t" AS t
WHERE t.ctid = ANY($3::tid[])
  AND ((t."local" < $4::timestamptz AT TIME ZONE $5::text AND t."local" AT TIME ZONE $6::text < $7::timestamptz) OR coalesce(t."revoked", false)) IS TRUE;
-- [Europe/Berlin Europe/Berlin [{1 1 true}] 2026-11-22 03:00:00 +0000 UTC Europe/Berlin Europe/Berlin 2026-11-22 03:00:00 +0000 UTC]

-- without zone: list local
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "t" AS t
WHERE (t."local" < $1::timestamptz AT TIME ZONE $2::text AND t."local" AT TIME ZONE $3::text < $4::timestamptz);
-- [2026-11-22 03:00:00 +0000 UTC Europe/Berlin Europe/Berlin 2026-11-22 03:00:00 +0000 UTC]

-- without zone: list revoked
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "t" AS t
WHERE t."revoked";
-- []

-- without zone, in UTC: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."local" < $3::timestamptz AT TIME ZONE $4::text) IS TRUE;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC UTC]

-- without zone, in UTC: count
SELECT count(*), min(t."local" AT TIME ZONE $1::text) FILTER (WHERE isfinite(t."local" AT TIME ZONE $2::text))
FROM ONLY "t" AS t
WHERE t.ctid = ANY($3::tid[])
  AND (t."local" < $4::timestamptz AT TIME ZONE $5::text) IS TRUE;
-- [UTC UTC [{1 1 true}] 2026-11-22 03:00:00 +0000 UTC UTC]

-- without zone, in UTC: list local
DECLARE dead_rows NO SCROLL CURSOR FOR
SELECT t.ctid FROM ONLY "t" AS t
WHERE t."local" < $1::timestamptz AT TIME ZONE $2::text;
-- [2026-11-22 03:00:00 +0000 UTC UTC]

-- delete a list
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."expires_at" < $2::timestamptz OR coalesce(t."revoked", false)) IS TRUE;
-- [[{1 1 true} {1 2 true} {3 1 true}] 2026-11-22 03:00:00 +0000 UTC]

-- delete what is free
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid = ANY(ARRAY(
    SELECT t.ctid FROM ONLY "public"."refresh_tokens" AS t
    WHERE t.ctid >= $1 AND t.ctid < $2
      AND (t."expires_at" < $3::timestamptz OR coalesce(t."revoked", false)) IS TRUE
    FOR UPDATE SKIP LOCKED))
  AND (t."expires_at" < $4::timestamptz OR coalesce(t."revoked", false)) IS TRUE;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- delete what is free, ten at most
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid = ANY(ARRAY(
    SELECT t.ctid FROM ONLY "public"."refresh_tokens" AS t
    WHERE t.ctid = ANY($1::tid[])
      AND (t."expires_at" < $2::timestamptz OR coalesce(t."revoked", false)) IS TRUE
    LIMIT $3
    FOR UPDATE SKIP LOCKED))
  AND (t."expires_at" < $4::timestamptz OR coalesce(t."revoked", false)) IS TRUE;
-- [[{0 1 true}] 2026-11-22 03:00:00 +0000 UTC 10 2026-11-22 03:00:00 +0000 UTC]

-- select
SELECT t.ctid FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."expires_at" < $3::timestamptz OR coalesce(t."revoked", false)) IS TRUE;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC]

-- estimate
EXPLAIN (FORMAT JSON)
SELECT FROM "public"."refresh_tokens" AS t
WHERE t."expires_at" < $1::timestamptz OR t."revoked";
-- [2026-11-22 03:00:00 +0000 UTC]

-- a table that refers to itself
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND ((t."expires_at" < $3::timestamptz OR coalesce(t."revoked", false))
  AND NOT EXISTS (SELECT FROM "public"."refresh_tokens" AS r WHERE r."parent" = t."id" AND r."p2" = t."i2" AND (r.tableoid, r.ctid) IS DISTINCT FROM (t.tableoid, t.ctid))) IS TRUE;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC]

