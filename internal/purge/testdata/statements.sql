-- done at: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."used_at" < $3::timestamptz) IS TRUE
  AND t.tableoid = $7::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid))) = $8::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid)))::boolean END;
-- [{64 0 true} {128 0 true} 2026-11-22 02:00:00 +0000 UTC 0 [used_at] [] 0 ]

-- done at: count
SELECT count(*), NULL::timestamptz
FROM ONLY "t" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."used_at" < $2::timestamptz) IS TRUE;
-- [[65537] 2026-11-22 02:00:00 +0000 UTC]

-- done at: list used_at
SELECT t.ctid, t."used_at"
FROM ONLY "t" AS t
WHERE t."used_at" < $1::timestamptz
ORDER BY t."used_at"
LIMIT $2;
-- [2026-11-22 02:00:00 +0000 UTC 500]

-- done at: list used_at, on
SELECT t.ctid, t."used_at"
FROM ONLY "t" AS t
WHERE t."used_at" < $1::timestamptz
  AND t."used_at" >= $2
ORDER BY t."used_at"
LIMIT $3;
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- expires and revoked: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."expires_at" < $3::timestamptz OR coalesce(t."revoked", false)) IS TRUE
  AND t.tableoid = $7::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid))) = $8::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid)))::boolean END;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] 0 ]

-- expires and revoked: count
SELECT count(*), min(t."expires_at") FILTER (WHERE isfinite(t."expires_at"))
FROM ONLY "t" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."expires_at" < $2::timestamptz OR coalesce(t."revoked", false)) IS TRUE;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC]

-- expires and revoked: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "t" AS t
WHERE t."expires_at" < $1::timestamptz
ORDER BY t."expires_at"
LIMIT $2;
-- [2026-11-22 03:00:00 +0000 UTC 500]

-- expires and revoked: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "t" AS t
WHERE t."expires_at" < $1::timestamptz
  AND t."expires_at" >= $2
ORDER BY t."expires_at"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- expires and revoked: list revoked
SELECT t.ctid, NULL::timestamptz
FROM ONLY "t" AS t
WHERE t."revoked"
LIMIT $1;
-- [500]

-- expires and revoked: list revoked, on
SELECT t.ctid, NULL::timestamptz
FROM ONLY "t" AS t
WHERE t."revoked"
LIMIT $1;
-- [1000]

-- kept until expired: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."expires_at" < $3::timestamptz) IS TRUE
  AND t.tableoid = $7::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid))) = $8::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid)))::boolean END;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] 0 ]

-- kept until expired: count
SELECT count(*), min(t."expires_at") FILTER (WHERE isfinite(t."expires_at"))
FROM ONLY "t" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."expires_at" < $2::timestamptz) IS TRUE;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC]

-- kept until expired: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "t" AS t
WHERE t."expires_at" < $1::timestamptz
ORDER BY t."expires_at"
LIMIT $2;
-- [2026-11-22 03:00:00 +0000 UTC 500]

-- kept until expired: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "t" AS t
WHERE t."expires_at" < $1::timestamptz
  AND t."expires_at" >= $2
ORDER BY t."expires_at"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- odd names, own schema: delete a range
DELETE FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."expiresAt" < $3::timestamptz OR coalesce(t."re""voked", false)) IS TRUE
  AND t.tableoid = $7::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid))) = $8::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid)))::boolean END;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expiresAt re"voked] [] 0 ]

-- odd names, own schema: count
SELECT count(*), min(t."expiresAt") FILTER (WHERE isfinite(t."expiresAt"))
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."expiresAt" < $2::timestamptz OR coalesce(t."re""voked", false)) IS TRUE;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC]

-- odd names, own schema: list expiresAt
SELECT t.ctid, t."expiresAt"
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."expiresAt" < $1::timestamptz
ORDER BY t."expiresAt"
LIMIT $2;
-- [2026-11-22 03:00:00 +0000 UTC 500]

-- odd names, own schema: list expiresAt, on
SELECT t.ctid, t."expiresAt"
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."expiresAt" < $1::timestamptz
  AND t."expiresAt" >= $2
ORDER BY t."expiresAt"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- odd names, own schema: list re"voked
SELECT t.ctid, NULL::timestamptz
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."re""voked"
LIMIT $1;
-- [500]

-- odd names, own schema: list re"voked, on
SELECT t.ctid, NULL::timestamptz
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."re""voked"
LIMIT $1;
-- [1000]

-- revoked only: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (coalesce(t."revoked", false)) IS TRUE
  AND t.tableoid = $6::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $3::oid AND a.attname = ANY($4::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($5::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $3::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $3::oid))) = $7::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $3::oid AND a.attname = ANY($4::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($5::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $3::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $3::oid)))::boolean END;
-- [{64 0 true} {128 0 true} 0 [revoked] [] 0 ]

-- revoked only: count
SELECT count(*), NULL::timestamptz
FROM ONLY "t" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (coalesce(t."revoked", false)) IS TRUE;
-- [[65537]]

-- revoked only: list revoked
SELECT t.ctid, NULL::timestamptz
FROM ONLY "t" AS t
WHERE t."revoked"
LIMIT $1;
-- [500]

-- revoked only: list revoked, on
SELECT t.ctid, NULL::timestamptz
FROM ONLY "t" AS t
WHERE t."revoked"
LIMIT $1;
-- [1000]

-- without zone: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND ((t."local" < $3::timestamptz AT TIME ZONE $4::text AND t."local" AT TIME ZONE $5::text < $6::timestamptz) OR coalesce(t."revoked", false)) IS TRUE
  AND t.tableoid = $10::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $7::oid AND a.attname = ANY($8::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($9::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $7::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $7::oid))) = $11::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $7::oid AND a.attname = ANY($8::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($9::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $7::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $7::oid)))::boolean END;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC Europe/Berlin Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 0 [local revoked] [] 0 ]

-- without zone: count
SELECT count(*), min(t."local" AT TIME ZONE $1::text) FILTER (WHERE isfinite(t."local" AT TIME ZONE $2::text))
FROM ONLY "t" AS t
WHERE t.ctid = ANY($3::tid[])
  AND ((t."local" < $4::timestamptz AT TIME ZONE $5::text AND t."local" AT TIME ZONE $6::text < $7::timestamptz) OR coalesce(t."revoked", false)) IS TRUE;
-- [Europe/Berlin Europe/Berlin [65537] 2026-11-22 03:00:00 +0000 UTC Europe/Berlin Europe/Berlin 2026-11-22 03:00:00 +0000 UTC]

-- without zone: list local
SELECT t.ctid, t."local"
FROM ONLY "t" AS t
WHERE (t."local" < $1::timestamptz AT TIME ZONE $2::text AND t."local" AT TIME ZONE $3::text < $4::timestamptz)
ORDER BY t."local"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC Europe/Berlin Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 500]

-- without zone: list local, on
SELECT t.ctid, t."local"
FROM ONLY "t" AS t
WHERE (t."local" < $1::timestamptz AT TIME ZONE $2::text AND t."local" AT TIME ZONE $3::text < $4::timestamptz)
  AND t."local" >= $5
ORDER BY t."local"
LIMIT $6;
-- [2026-11-22 03:00:00 +0000 UTC Europe/Berlin Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- without zone: list revoked
SELECT t.ctid, NULL::timestamptz
FROM ONLY "t" AS t
WHERE t."revoked"
LIMIT $1;
-- [500]

-- without zone: list revoked, on
SELECT t.ctid, NULL::timestamptz
FROM ONLY "t" AS t
WHERE t."revoked"
LIMIT $1;
-- [1000]

-- without zone, in UTC: delete a range
DELETE FROM ONLY "t" AS t
WHERE t.ctid >= $1 AND t.ctid < $2
  AND (t."local" < $3::timestamptz AT TIME ZONE $4::text) IS TRUE
  AND t.tableoid = $8::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $5::oid AND a.attname = ANY($6::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($7::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $5::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $5::oid))) = $9::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $5::oid AND a.attname = ANY($6::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($7::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $5::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $5::oid)))::boolean END;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC UTC 0 [local] [] 0 ]

-- without zone, in UTC: count
SELECT count(*), min(t."local" AT TIME ZONE $1::text) FILTER (WHERE isfinite(t."local" AT TIME ZONE $2::text))
FROM ONLY "t" AS t
WHERE t.ctid = ANY($3::tid[])
  AND (t."local" < $4::timestamptz AT TIME ZONE $5::text) IS TRUE;
-- [UTC UTC [65537] 2026-11-22 03:00:00 +0000 UTC UTC]

-- without zone, in UTC: list local
SELECT t.ctid, t."local"
FROM ONLY "t" AS t
WHERE t."local" < $1::timestamptz AT TIME ZONE $2::text
ORDER BY t."local"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC UTC 500]

-- without zone, in UTC: list local, on
SELECT t.ctid, t."local"
FROM ONLY "t" AS t
WHERE t."local" < $1::timestamptz AT TIME ZONE $2::text
  AND t."local" >= $3
ORDER BY t."local"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- delete a list
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid = ANY($1::tid[])
  AND (t."expires_at" < $2::timestamptz OR coalesce(t."revoked", false)) IS TRUE
  AND t.tableoid = $6::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $3::oid AND a.attname = ANY($4::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($5::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $3::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $3::oid))) = $7::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $3::oid AND a.attname = ANY($4::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($5::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $3::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $3::oid)))::boolean END;
-- [[65537 65538 196609] 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] 0 ]

-- delete what is free
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid = ANY(ARRAY(
    SELECT t.ctid FROM ONLY "public"."refresh_tokens" AS t
    WHERE t.ctid >= $1 AND t.ctid < $2
      AND (t."expires_at" < $3::timestamptz OR coalesce(t."revoked", false)) IS TRUE
    FOR UPDATE SKIP LOCKED))
  AND (t."expires_at" < $4::timestamptz OR coalesce(t."revoked", false)) IS TRUE
  AND t.tableoid = $8::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $5::oid AND a.attname = ANY($6::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($7::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $5::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $5::oid))) = $9::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $5::oid AND a.attname = ANY($6::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($7::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $5::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $5::oid)))::boolean END;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] 0 ]

-- delete what is free, ten at most
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid = ANY(ARRAY(
    SELECT t.ctid FROM ONLY "public"."refresh_tokens" AS t
    WHERE t.ctid = ANY($1::tid[])
      AND (t."expires_at" < $2::timestamptz OR coalesce(t."revoked", false)) IS TRUE
    LIMIT $3
    FOR UPDATE SKIP LOCKED))
  AND (t."expires_at" < $4::timestamptz OR coalesce(t."revoked", false)) IS TRUE
  AND t.tableoid = $8::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $5::oid AND a.attname = ANY($6::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($7::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $5::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $5::oid))) = $9::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $5::oid AND a.attname = ANY($6::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($7::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $5::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $5::oid)))::boolean END;
-- [[1] 2026-11-22 03:00:00 +0000 UTC 10 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] 0 ]

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
  AND NOT EXISTS (SELECT FROM "public"."refresh_tokens" AS r WHERE r."parent" OPERATOR(pg_catalog.=) t."id" AND r."p2" OPERATOR(pg_catalog.=) t."i2" AND (r.tableoid, r.ctid) IS DISTINCT FROM (t.tableoid, t.ctid))) IS TRUE
  AND t.tableoid = $7::oid
  AND CASE WHEN (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid))) = $8::text THEN true ELSE (SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $4::oid AND a.attname = ANY($5::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY($6::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = $4::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = $4::oid)))::boolean END;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] 0 ]

