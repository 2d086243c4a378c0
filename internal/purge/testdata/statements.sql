-- a boolean that is false: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC [false] 0 [expires_at active] [] [] 0   7 not the epoch of this session: ]

-- a boolean that is false: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC [false]]

-- a boolean that is false: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false) AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false) AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $4 AND t.ctid OPERATOR(pg_catalog.<) $5;
-- [2026-11-22 03:00:00 +0000 UTC [false] 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- a boolean that is false: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC [false] 2026-11-22 03:00:00 +0000 UTC]

-- a boolean that is false: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- a boolean that is false: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [false] 500]

-- a boolean that is false: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [false] 1000]

-- a boolean that is false: list active
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE NOT t."active"
  AND (t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz OR COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) IS TRUE
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC [false] 500]

-- a boolean that is false: list active, on
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE NOT t."active"
  AND (t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz OR COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) IS TRUE
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC [false] 1000]

-- a day: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz)::pg_catalog.date OR t."used_at" OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $10::pg_catalog.oid;
-- [{64 0 true} {128 0 true} Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 0 [day used_at] [] [] 0   7 not the epoch of this session: ]

-- a day: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT CASE WHEN t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date THEN pg_catalog.timezone($3::pg_catalog.text, (t."day" OPERATOR(pg_catalog.+) 1)::pg_catalog.timestamp) END AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($4::pg_catalog.tid[])
  AND (t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($5::pg_catalog.text, $6::pg_catalog.timestamptz)::pg_catalog.date OR t."used_at" OPERATOR(pg_catalog.<) $7::pg_catalog.timestamptz) IS TRUE
  OFFSET 0) AS dead;
-- [Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC Etc/GMT+12 [65537] Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- a day: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND NOT COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND NOT COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) AND (t."day" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND (CASE WHEN t."day" OPERATOR(pg_catalog.<) pg_catalog.make_date(294277, 1, 1) THEN t."day"::pg_catalog.timestamp END OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp OR pg_catalog.timezone('UTC', t."used_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(CASE WHEN t."day" OPERATOR(pg_catalog.<) pg_catalog.make_date(294277, 1, 1) THEN t."day"::pg_catalog.timestamp END) FILTER (WHERE (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($4::pg_catalog.text, $5::pg_catalog.timestamptz)::pg_catalog.date, false) AND pg_catalog.isfinite(t."day")),
    pg_catalog.max(CASE WHEN t."day" OPERATOR(pg_catalog.<) pg_catalog.make_date(294277, 1, 1) THEN t."day"::pg_catalog.timestamp END) FILTER (WHERE (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($4::pg_catalog.text, $5::pg_catalog.timestamptz)::pg_catalog.date, false) AND pg_catalog.isfinite(t."day")),
    pg_catalog.min(CASE WHEN t."day" OPERATOR(pg_catalog.<) pg_catalog.make_date(294277, 1, 1) THEN t."day"::pg_catalog.timestamp END) FILTER (WHERE NOT (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND pg_catalog.isfinite(t."day")),
    pg_catalog.max(CASE WHEN t."day" OPERATOR(pg_catalog.<) pg_catalog.make_date(294277, 1, 1) THEN t."day"::pg_catalog.timestamp END) FILTER (WHERE true AND pg_catalog.isfinite(t."day")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE NOT (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."used_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $7 AND t.ctid OPERATOR(pg_catalog.<) $8;
-- [Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- a day: first of day that lives
SELECT (
    SELECT CASE WHEN t."day" OPERATOR(pg_catalog.<) pg_catalog.make_date(294277, 1, 1) THEN t."day"::pg_catalog.timestamp END FROM ONLY "public"."t" AS t
    WHERE t."day" OPERATOR(pg_catalog.>=) pg_catalog.timezone($4::pg_catalog.text, $5::pg_catalog.timestamptz)::pg_catalog.date
      AND NOT (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND pg_catalog.isfinite(t."day")
    ORDER BY t."day" LIMIT 1);
-- [Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC]

-- a day: last of day
SELECT (
    SELECT CASE WHEN t."day" OPERATOR(pg_catalog.<) pg_catalog.make_date(294277, 1, 1) THEN t."day"::pg_catalog.timestamp END FROM ONLY "public"."t" AS t
    WHERE t."day" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."day" DESC LIMIT 1);
-- []

-- a day: first of used_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."used_at") FROM ONLY "public"."t" AS t
    WHERE t."used_at" OPERATOR(pg_catalog.>=) $4::pg_catalog.timestamptz
      AND NOT (COALESCE(t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND pg_catalog.isfinite(t."used_at")
    ORDER BY t."used_at" LIMIT 1);
-- [Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- a day: last of used_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."used_at") FROM ONLY "public"."t" AS t
    WHERE t."used_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."used_at" DESC LIMIT 1);
-- []

-- a day: list day
SELECT t.ctid, t."day"
FROM ONLY "public"."t" AS t
WHERE t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date
ORDER BY t."day"
LIMIT $3;
-- [Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC 500]

-- a day: list day, on
SELECT t.ctid, t."day"
FROM ONLY "public"."t" AS t
WHERE t."day" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)::pg_catalog.date
  AND t."day" OPERATOR(pg_catalog.>=) $3
ORDER BY t."day"
LIMIT $4;
-- [Etc/GMT+12 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- a day: list used_at
SELECT t.ctid, t."used_at"
FROM ONLY "public"."t" AS t
WHERE t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
ORDER BY t."used_at"
LIMIT $2;
-- [2026-11-22 03:00:00 +0000 UTC 500]

-- a day: list used_at, on
SELECT t.ctid, t."used_at"
FROM ONLY "public"."t" AS t
WHERE t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."used_at" OPERATOR(pg_catalog.>=) $2
ORDER BY t."used_at"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- a number's values: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (COALESCE((t."code"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid;
-- [{64 0 true} {128 0 true} [-1 2] 0 [code] [] [] 0   7 not the epoch of this session: ]

-- a number's values: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT NULL::pg_catalog.timestamptz AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (COALESCE((t."code"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] [-1 2]]

-- a number's values: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(COALESCE((t."code"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE((t."code"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND COALESCE(COALESCE((t."code"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false), false)),
    pg_catalog.count(*) FILTER (WHERE false),
    pg_catalog.count(*) FILTER (WHERE false)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $2 AND t.ctid OPERATOR(pg_catalog.<) $3;
-- [[-1 2] {64 0 true} {128 0 true}]

-- a number's values: list code
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."code" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.int8[])
  AND (COALESCE((t."code"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) IS TRUE
LIMIT $3;
-- [[-1 2] [-1 2] 500]

-- a number's values: list code, on
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."code" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.int8[])
  AND (COALESCE((t."code"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) IS TRUE
LIMIT $3;
-- [[-1 2] [-1 2] 1000]

-- a numeric: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."fraction" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $3::pg_catalog.numeric)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} {1795316400000000 -6 false finite true} 100000000 0 [fraction] [] [] 0   7 not the epoch of this session: ]

-- a numeric: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT CASE WHEN (t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric) THEN pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8) END AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($3::pg_catalog.tid[])
  AND ((t."fraction" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $4::pg_catalog.numeric)) IS TRUE
  OFFSET 0) AS dead;
-- [{1795316400000000 -6 false finite true} 100000000 [65537] {1795316400000000 -6 false finite true} 100000000]

-- a numeric: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) AND (t."fraction" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) OR false) AND (CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE (COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) OR false) AND COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $3::pg_catalog.numeric), false) AND t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE (COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) OR false) AND COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $3::pg_catalog.numeric), false) AND t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.min(CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE NOT (COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) OR false) AND t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE true AND t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [{1795316400000000 -6 false finite true} 100000000 {1795316400000000 -6 false finite true} 100000000 {64 0 true} {128 0 true}]

-- a numeric: first of fraction that lives
SELECT (
    SELECT CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."fraction" OPERATOR(pg_catalog.>=) $3::pg_catalog.numeric
      AND NOT (COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) OR false) AND t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8
    ORDER BY t."fraction" LIMIT 1);
-- [{1795316400000000 -6 false finite true} 100000000 {1795316400000000 -6 false finite true}]

-- a numeric: last of fraction
SELECT (
    SELECT CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.int8
    ORDER BY t."fraction" DESC LIMIT 1);
-- [253402300800]

-- a numeric's values: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (COALESCE((pg_catalog.trim_scale(t."fraction"::pg_catalog.numeric)::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid;
-- [{64 0 true} {128 0 true} [1 2.5] 0 [fraction] [] [] 0   7 not the epoch of this session: ]

-- a numeric's values: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT NULL::pg_catalog.timestamptz AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (COALESCE((pg_catalog.trim_scale(t."fraction"::pg_catalog.numeric)::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] [1 2.5]]

-- a numeric's values: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(COALESCE((pg_catalog.trim_scale(t."fraction"::pg_catalog.numeric)::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE((pg_catalog.trim_scale(t."fraction"::pg_catalog.numeric)::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND COALESCE(COALESCE((pg_catalog.trim_scale(t."fraction"::pg_catalog.numeric)::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false), false)),
    pg_catalog.count(*) FILTER (WHERE false),
    pg_catalog.count(*) FILTER (WHERE false)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $2 AND t.ctid OPERATOR(pg_catalog.<) $3;
-- [[1 2.5] {64 0 true} {128 0 true}]

-- an enum's values: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC [used revoked] 0 [expires_at status] [] [] 0   7 not the epoch of this session: ]

-- an enum's values: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC [used revoked]]

-- an enum's values: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false) AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false) AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $4 AND t.ctid OPERATOR(pg_catalog.<) $5;
-- [2026-11-22 03:00:00 +0000 UTC [used revoked] 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- an enum's values: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC [used revoked] 2026-11-22 03:00:00 +0000 UTC]

-- an enum's values: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- an enum's values: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [used revoked] 500]

-- an enum's values: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [used revoked] 1000]

-- done at: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 02:00:00 +0000 UTC 0 [used_at] [] [] 0   7 not the epoch of this session: ]

-- done at: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT NULL::pg_catalog.timestamptz AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 02:00:00 +0000 UTC]

-- done at: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE false),
    pg_catalog.count(*) FILTER (WHERE (false OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)) AND (pg_catalog.timezone('UTC', t."used_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE (false OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE (false OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE NOT (false OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."used_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $3 AND t.ctid OPERATOR(pg_catalog.<) $4;
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- done at: first of used_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."used_at") FROM ONLY "public"."t" AS t
    WHERE t."used_at" OPERATOR(pg_catalog.>=) $2::pg_catalog.timestamptz
      AND NOT (false OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)) AND pg_catalog.isfinite(t."used_at")
    ORDER BY t."used_at" LIMIT 1);
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC]

-- done at: last of used_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."used_at") FROM ONLY "public"."t" AS t
    WHERE t."used_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."used_at" DESC LIMIT 1);
-- []

-- done at: list used_at
SELECT t.ctid, t."used_at"
FROM ONLY "public"."t" AS t
WHERE t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
ORDER BY t."used_at"
LIMIT $2;
-- [2026-11-22 02:00:00 +0000 UTC 500]

-- done at: list used_at, on
SELECT t.ctid, t."used_at"
FROM ONLY "public"."t" AS t
WHERE t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."used_at" OPERATOR(pg_catalog.>=) $2
ORDER BY t."used_at"
LIMIT $3;
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- done at a millisecond: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."millis" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $3::pg_catalog.int8)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 1795316400000 100000000000 0 [millis] [] [] 0   7 not the epoch of this session: ]

-- done at a millisecond: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT NULL::pg_catalog.timestamptz AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 1795316400000 100000000000]

-- done at a millisecond: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)),
    pg_catalog.count(*) FILTER (WHERE false),
    pg_catalog.count(*) FILTER (WHERE (false OR COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)) AND (CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE (false OR COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)) AND COALESCE((t."millis" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $3::pg_catalog.int8), false) AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE (false OR COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)) AND COALESCE((t."millis" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $3::pg_catalog.int8), false) AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.min(CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE NOT (false OR COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)) AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE true AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [1795316400000 100000000000 1795316400000 100000000000 {64 0 true} {128 0 true}]

-- done at a millisecond: first of millis that lives
SELECT (
    SELECT CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8
      AND NOT (false OR COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)) AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8
    ORDER BY t."millis" LIMIT 1);
-- [1795316400000 100000000000 1795316400000]

-- done at a millisecond: last of millis
SELECT (
    SELECT CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8
    ORDER BY t."millis" DESC LIMIT 1);
-- [253402300800000]

-- done at a millisecond: list millis
SELECT t.ctid, t."millis"
FROM ONLY "public"."t" AS t
WHERE (t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
ORDER BY t."millis"
LIMIT $3;
-- [1795316400000 100000000000 500]

-- done at a millisecond: list millis, on
SELECT t.ctid, t."millis"
FROM ONLY "public"."t" AS t
WHERE (t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
  AND t."millis" OPERATOR(pg_catalog.>=) $3
ORDER BY t."millis"
LIMIT $4;
-- [1795316400000 100000000000 2026-11-22 02:00:00 +0000 UTC 1000]

-- done at a numeric: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."fraction" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $3::pg_catalog.numeric)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} {1795316400000000000 -6 false finite true} 100000000000 0 [fraction] [] [] 0   7 not the epoch of this session: ]

-- done at a numeric: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT NULL::pg_catalog.timestamptz AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."fraction" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $2::pg_catalog.numeric)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] {1795316400000000000 -6 false finite true} 100000000000]

-- done at a numeric: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false)),
    pg_catalog.count(*) FILTER (WHERE false),
    pg_catalog.count(*) FILTER (WHERE (false OR COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false)) AND (CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE (false OR COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false)) AND COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $3::pg_catalog.numeric), false) AND t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE (false OR COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false)) AND COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $3::pg_catalog.numeric), false) AND t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.min(CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE NOT (false OR COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false)) AND t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE true AND t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [{1795316400000000000 -6 false finite true} 100000000000 {1795316400000000000 -6 false finite true} 100000000000 {64 0 true} {128 0 true}]

-- done at a numeric: first of fraction that lives
SELECT (
    SELECT CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."fraction" OPERATOR(pg_catalog.>=) $3::pg_catalog.numeric
      AND NOT (false OR COALESCE((t."fraction" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.numeric), false)) AND t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8
    ORDER BY t."fraction" LIMIT 1);
-- [{1795316400000000000 -6 false finite true} 100000000000 {1795316400000000000 -6 false finite true}]

-- done at a numeric: last of fraction
SELECT (
    SELECT CASE WHEN t."fraction" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."fraction" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."fraction"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."fraction" OPERATOR(pg_catalog.<) $1::pg_catalog.int8
    ORDER BY t."fraction" DESC LIMIT 1);
-- [253402300800000]

-- done at a second: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR (t."epoch" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $4::pg_catalog.int8)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $10::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 1795312800 100000000 0 [expires_at epoch] [] [] 0   7 not the epoch of this session: ]

-- done at a second: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR (t."epoch" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $3::pg_catalog.int8)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC 1795312800 100000000]

-- done at a second: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false) AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false) AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp OR CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $6::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $5::pg_catalog.int8), false) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $6::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $5::pg_catalog.int8), false) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.min(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE true AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $7 AND t.ctid OPERATOR(pg_catalog.<) $8;
-- [2026-11-22 03:00:00 +0000 UTC 1795312800 100000000 2026-11-22 03:00:00 +0000 UTC 1795312800 100000000 {64 0 true} {128 0 true}]

-- done at a second: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $4::pg_catalog.timestamptz
      AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 1795312800 100000000 2026-11-22 03:00:00 +0000 UTC]

-- done at a second: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- done at a second: first of epoch that lives
SELECT (
    SELECT CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."epoch" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8
      AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8
    ORDER BY t."epoch" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 1795312800 100000000 1795312800]

-- done at a second: last of epoch
SELECT (
    SELECT CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8
    ORDER BY t."epoch" DESC LIMIT 1);
-- [253402300800]

-- done at a second: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
ORDER BY t."expires_at"
LIMIT $2;
-- [2026-11-22 03:00:00 +0000 UTC 500]

-- done at a second: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
ORDER BY t."expires_at"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- done at a second: list epoch
SELECT t.ctid, t."epoch"
FROM ONLY "public"."t" AS t
WHERE (t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
ORDER BY t."epoch"
LIMIT $3;
-- [1795312800 100000000 500]

-- done at a second: list epoch, on
SELECT t.ctid, t."epoch"
FROM ONLY "public"."t" AS t
WHERE (t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
  AND t."epoch" OPERATOR(pg_catalog.>=) $3
ORDER BY t."epoch"
LIMIT $4;
-- [1795312800 100000000 2026-11-22 02:00:00 +0000 UTC 1000]

-- expires and revoked: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- expires and revoked: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC]

-- expires and revoked: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE(t."revoked", false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE(t."revoked", false), false) AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND COALESCE(COALESCE(t."revoked", false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE(t."revoked", false), false) AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."revoked", false), false)) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."revoked", false), false)) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."revoked", false), false)) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."revoked", false), false)) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $3 AND t.ctid OPERATOR(pg_catalog.<) $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- expires and revoked: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $2::pg_catalog.timestamptz
      AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."revoked", false), false)) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- expires and revoked: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- expires and revoked: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
ORDER BY t."expires_at"
LIMIT $2;
-- [2026-11-22 03:00:00 +0000 UTC 500]

-- expires and revoked: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
ORDER BY t."expires_at"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- expires and revoked: list revoked
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."revoked"
LIMIT $1;
-- [500]

-- expires and revoked: list revoked, on
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."revoked"
LIMIT $1;
-- [1000]

-- false, since: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $4::pg_catalog.int8))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $10::pg_catalog.oid;
-- [{64 0 true} {128 0 true} [false] 1795312800 100000000 0 [active epoch] [] [] 0   7 not the epoch of this session: ]

-- false, since: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT NULL::pg_catalog.timestamptz AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $3::pg_catalog.int8))) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] [false] 1795312800 100000000]

-- false, since: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)), false)),
    pg_catalog.count(*) FILTER (WHERE false),
    pg_catalog.count(*) FILTER (WHERE (false OR COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)), false)) AND (CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE (false OR COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)), false)) AND COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $4::pg_catalog.int8), false) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE (false OR COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)), false)) AND COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $4::pg_catalog.int8), false) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.min(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE NOT (false OR COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)), false)) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE true AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $6 AND t.ctid OPERATOR(pg_catalog.<) $7;
-- [[false] 1795312800 100000000 1795312800 100000000 {64 0 true} {128 0 true}]

-- false, since: first of epoch that lives
SELECT (
    SELECT CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."epoch" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8
      AND NOT (false OR COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8)), false)) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8
    ORDER BY t."epoch" LIMIT 1);
-- [[false] 1795312800 100000000 1795312800]

-- false, since: last of epoch
SELECT (
    SELECT CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8
    ORDER BY t."epoch" DESC LIMIT 1);
-- [253402300800]

-- false, since: list active
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE NOT t."active"
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8))) IS TRUE
LIMIT $4;
-- [[false] 1795312800 100000000 500]

-- false, since: list active, on
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE NOT t."active"
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $2::pg_catalog.int8))) IS TRUE
LIMIT $4;
-- [[false] 1795312800 100000000 1000]

-- false, since: list epoch
SELECT t.ctid, t."epoch"
FROM ONLY "public"."t" AS t
WHERE (t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $4::pg_catalog.int8))) IS TRUE
ORDER BY t."epoch"
LIMIT $6;
-- [1795312800 100000000 [false] 1795312800 100000000 500]

-- false, since: list epoch, on
SELECT t.ctid, t."epoch"
FROM ONLY "public"."t" AS t
WHERE (t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
  AND t."epoch" OPERATOR(pg_catalog.>=) $3
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false) AND (t."epoch" OPERATOR(pg_catalog.>=) $6::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $5::pg_catalog.int8))) IS TRUE
ORDER BY t."epoch"
LIMIT $7;
-- [1795312800 100000000 2026-11-22 02:00:00 +0000 UTC [false] 1795312800 100000000 1000]

-- its own lifetime: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END OR t."used_at" OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $10::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 0 [expires_at seconds used_at] [] [] 0   7 not the epoch of this session: ]

-- its own lifetime: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT CASE WHEN CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) END AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($3::pg_catalog.tid[])
  AND (CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz ELSE false END OR t."used_at" OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz) IS TRUE
  OFFSET 0) AS dead;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [65537] 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC]

-- its own lifetime: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND NOT COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND NOT COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND (pg_catalog.timezone('UTC', t."used_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE (COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE (COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE NOT (COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."used_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- its own lifetime: first of used_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."used_at") FROM ONLY "public"."t" AS t
    WHERE t."used_at" OPERATOR(pg_catalog.>=) $4::pg_catalog.timestamptz
      AND NOT (COALESCE(CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz ELSE false END, false) OR COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)) AND pg_catalog.isfinite(t."used_at")
    ORDER BY t."used_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC]

-- its own lifetime: last of used_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."used_at") FROM ONLY "public"."t" AS t
    WHERE t."used_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."used_at" DESC LIMIT 1);
-- []

-- its own lifetime: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND (CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz ELSE false END OR t."used_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 500]

-- its own lifetime: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND (CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END OR t."used_at" OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz) IS TRUE
ORDER BY t."expires_at"
LIMIT $6;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- its own lifetime: list used_at
SELECT t.ctid, t."used_at"
FROM ONLY "public"."t" AS t
WHERE t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND (CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz ELSE false END OR t."used_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz) IS TRUE
ORDER BY t."used_at"
LIMIT $5;
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 500]

-- its own lifetime: list used_at, on
SELECT t.ctid, t."used_at"
FROM ONLY "public"."t" AS t
WHERE t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."used_at" OPERATOR(pg_catalog.>=) $2
  AND (CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."seconds" OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND t."seconds" OPERATOR(pg_catalog.<=) 316224000000::pg_catalog.int8
    THEN t."expires_at" OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, t."seconds"::pg_catalog.float8) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END OR t."used_at" OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz) IS TRUE
ORDER BY t."used_at"
LIMIT $6;
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- kept by a value: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC [false] 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- kept by a value: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC [false]]

-- kept by a value: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false))),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $4 AND t.ctid OPERATOR(pg_catalog.<) $5;
-- [2026-11-22 03:00:00 +0000 UTC [false] 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- kept by a value: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false), false)) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC [false] 2026-11-22 03:00:00 +0000 UTC]

-- kept by a value: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- kept by a value: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [false] 500]

-- kept by a value: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE(COALESCE((t."revoked"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [false] 1000]

-- kept by an enum, or none: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($4::pg_catalog.text[]), false)), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC [used revoked] 0 [expires_at status] [] [] 0   7 not the epoch of this session: ]

-- kept by an enum, or none: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($3::pg_catalog.text[]), false)), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC [used revoked]]

-- kept by an enum, or none: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false)) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false))),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false)) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false)) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false)) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $4 AND t.ctid OPERATOR(pg_catalog.<) $5;
-- [2026-11-22 03:00:00 +0000 UTC [used revoked] 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- kept by an enum, or none: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($2::pg_catalog.text[]), false)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC [used revoked] 2026-11-22 03:00:00 +0000 UTC]

-- kept by an enum, or none: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- kept by an enum, or none: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($3::pg_catalog.text[]), false)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [used revoked] 500]

-- kept by an enum, or none: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE(((pg_catalog.num_nulls(t."status") OPERATOR(pg_catalog.=) 1) OR COALESCE((pg_catalog.textin(pg_catalog.enum_out(t."status"::public."Status")) COLLATE pg_catalog."C") OPERATOR(pg_catalog.<>) ALL ($4::pg_catalog.text[]), false)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [used revoked] 1000]

-- kept by any value: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at word] [] [] 0   7 not the epoch of this session: ]

-- kept by any value: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC]

-- kept by any value: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false))),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $3 AND t.ctid OPERATOR(pg_catalog.<) $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- kept by any value: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $2::pg_catalog.timestamptz
      AND NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- kept by any value: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- kept by any value: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 500]

-- kept by any value: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((NOT (pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 1000]

-- kept in whatever case: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($5::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $10::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC [Paid] [Paid] 0 [expires_at folded] [] [] 0   7 not the epoch of this session: ]

-- kept in whatever case: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($4::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC [Paid] [Paid]]

-- kept in whatever case: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false))),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [2026-11-22 03:00:00 +0000 UTC [Paid] [Paid] 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- kept in whatever case: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $4::pg_catalog.timestamptz
      AND NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC [Paid] [Paid] 2026-11-22 03:00:00 +0000 UTC]

-- kept in whatever case: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- kept in whatever case: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($4::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [Paid] [Paid] 500]

-- kept in whatever case: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((COALESCE((t."folded"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false) OR EXISTS (SELECT FROM pg_catalog.unnest($5::pg_catalog.text[]) AS given (value) WHERE pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(t."folded"::pg_catalog.text))), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $6;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [Paid] [Paid] 1000]

-- kept until a local time: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($4::pg_catalog.text, $5::pg_catalog.timestamptz) AND pg_catalog.timezone($6::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $7::pg_catalog.timestamptz), false)), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $12::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 0 [expires_at local] [] [] 0   7 not the epoch of this session: ]

-- kept until a local time: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz) AND pg_catalog.timezone($5::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz), false)), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC]

-- kept until a local time: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false)) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false))),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false)) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false)) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false)) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $7 AND t.ctid OPERATOR(pg_catalog.<) $8;
-- [2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- kept until a local time: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $6::pg_catalog.timestamptz
      AND NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($2::pg_catalog.text, $3::pg_catalog.timestamptz) AND pg_catalog.timezone($4::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz), false)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- kept until a local time: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- kept until a local time: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz) AND pg_catalog.timezone($5::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz), false)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $7;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 500]

-- kept until a local time: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((t."local" IS NOT NULL AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($4::pg_catalog.text, $5::pg_catalog.timestamptz) AND pg_catalog.timezone($6::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $7::pg_catalog.timestamptz), false)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $8;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 1000]

-- kept until a millisecond: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $4::pg_catalog.int8), false)), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $10::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 1795316400000 100000000000 0 [expires_at millis] [] [] 0   7 not the epoch of this session: ]

-- kept until a millisecond: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $3::pg_catalog.int8), false)), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC 1795316400000 100000000000]

-- kept until a millisecond: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false)) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false))),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false)) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false)) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false)) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [2026-11-22 03:00:00 +0000 UTC 1795316400000 100000000000 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- kept until a millisecond: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $4::pg_catalog.timestamptz
      AND NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $2::pg_catalog.int8), false)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 1795316400000 100000000000 2026-11-22 03:00:00 +0000 UTC]

-- kept until a millisecond: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- kept until a millisecond: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $3::pg_catalog.int8), false)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 1795316400000 100000000000 500]

-- kept until a millisecond: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((t."millis" IS NOT NULL AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $4::pg_catalog.int8), false)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $6;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 1795316400000 100000000000 1000]

-- kept until a time: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false)), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 0 [expires_at used_at] [] [] 0   7 not the epoch of this session: ]

-- kept until a time: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- kept until a time: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false)) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false))),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false)) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false)) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false)) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $4 AND t.ctid OPERATOR(pg_catalog.<) $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- kept until a time: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT ((COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false)), false)) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- kept until a time: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- kept until a time: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz)
  AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 500]

-- kept until a time: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)
  AND NOT COALESCE((t."used_at" IS NOT NULL AND NOT COALESCE(t."used_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false)), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 1000]

-- kept until expired: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- kept until expired: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC]

-- kept until expired: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $3 AND t.ctid OPERATOR(pg_catalog.<) $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- kept until expired: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $2::pg_catalog.timestamptz
      AND NOT (COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- kept until expired: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- kept until expired: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
ORDER BY t."expires_at"
LIMIT $2;
-- [2026-11-22 03:00:00 +0000 UTC 500]

-- kept until expired: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
ORDER BY t."expires_at"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- milliseconds since 1970: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."millis" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $3::pg_catalog.int8)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 1795312800000 100000000000 0 [millis] [] [] 0   7 not the epoch of this session: ]

-- milliseconds since 1970: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT CASE WHEN (t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8) THEN pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8) END AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($3::pg_catalog.tid[])
  AND ((t."millis" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $4::pg_catalog.int8)) IS TRUE
  OFFSET 0) AS dead;
-- [1795316400000 100000000000 [65537] 1795312800000 100000000000]

-- milliseconds since 1970: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) AND (t."millis" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND (CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE (COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND COALESCE((t."millis" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $3::pg_catalog.int8), false) AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE (COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND COALESCE((t."millis" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $3::pg_catalog.int8), false) AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.min(CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE NOT (COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END) FILTER (WHERE true AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [1795312800000 100000000000 1795312800000 100000000000 {64 0 true} {128 0 true}]

-- milliseconds since 1970: first of millis that lives
SELECT (
    SELECT CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."millis" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8
      AND NOT (COALESCE((t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8
    ORDER BY t."millis" LIMIT 1);
-- [1795312800000 100000000000 1795312800000]

-- milliseconds since 1970: last of millis
SELECT (
    SELECT CASE WHEN t."millis" OPERATOR(pg_catalog.>=) 100000000000::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) 253402300800000::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."millis"::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8
    ORDER BY t."millis" DESC LIMIT 1);
-- [253402300800000]

-- milliseconds since 1970: list millis
SELECT t.ctid, t."millis"
FROM ONLY "public"."t" AS t
WHERE (t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
ORDER BY t."millis"
LIMIT $3;
-- [1795312800000 100000000000 500]

-- milliseconds since 1970: list millis, on
SELECT t.ctid, t."millis"
FROM ONLY "public"."t" AS t
WHERE (t."millis" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."millis" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
  AND t."millis" OPERATOR(pg_catalog.>=) $3
ORDER BY t."millis"
LIMIT $4;
-- [1795312800000 100000000000 2026-11-22 02:00:00 +0000 UTC 1000]

-- odd names, own schema: delete a range
DELETE FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expiresAt" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."re""voked", false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expiresAt re"voked] [] [] 0   7 not the epoch of this session: ]

-- odd names, own schema: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expiresAt" AS expires, false AS referred
  FROM ONLY "My Schema"."Refresh""Token" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (t."expiresAt" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE(t."re""voked", false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC]

-- odd names, own schema: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND NOT COALESCE(COALESCE(t."re""voked", false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE(t."re""voked", false), false) AND NOT COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND COALESCE(COALESCE(t."re""voked", false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE(t."re""voked", false), false) AND NOT COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) AND (t."expiresAt" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."re""voked", false), false)) AND (pg_catalog.timezone('UTC', t."expiresAt") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expiresAt")) FILTER (WHERE (COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."re""voked", false), false)) AND COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expiresAt")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expiresAt")) FILTER (WHERE (COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."re""voked", false), false)) AND COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expiresAt")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expiresAt")) FILTER (WHERE NOT (COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."re""voked", false), false)) AND pg_catalog.isfinite(t."expiresAt")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expiresAt")) FILTER (WHERE true AND pg_catalog.isfinite(t."expiresAt"))
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $3 AND t.ctid OPERATOR(pg_catalog.<) $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- odd names, own schema: first of expiresAt that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expiresAt") FROM ONLY "My Schema"."Refresh""Token" AS t
    WHERE t."expiresAt" OPERATOR(pg_catalog.>=) $2::pg_catalog.timestamptz
      AND NOT (COALESCE(t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz, false) OR COALESCE(COALESCE(t."re""voked", false), false)) AND pg_catalog.isfinite(t."expiresAt")
    ORDER BY t."expiresAt" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- odd names, own schema: last of expiresAt
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expiresAt") FROM ONLY "My Schema"."Refresh""Token" AS t
    WHERE t."expiresAt" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expiresAt" DESC LIMIT 1);
-- []

-- odd names, own schema: list expiresAt
SELECT t.ctid, t."expiresAt"
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
ORDER BY t."expiresAt"
LIMIT $2;
-- [2026-11-22 03:00:00 +0000 UTC 500]

-- odd names, own schema: list expiresAt, on
SELECT t.ctid, t."expiresAt"
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."expiresAt" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expiresAt" OPERATOR(pg_catalog.>=) $2
ORDER BY t."expiresAt"
LIMIT $3;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- odd names, own schema: list re"voked
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."re""voked"
LIMIT $1;
-- [500]

-- odd names, own schema: list re"voked, on
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "My Schema"."Refresh""Token" AS t
WHERE t."re""voked"
LIMIT $1;
-- [1000]

-- only where false: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false) AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC [false] 0 [expires_at active] [] [] 0   7 not the epoch of this session: ]

-- only where false: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz))) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC [false]]

-- only where false: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false) AND (t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT (COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false) OR false) AND COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [2026-11-22 03:00:00 +0000 UTC [false] [false] 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- only where false: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT (COALESCE((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz), false) OR false) AND pg_catalog.isfinite(t."expires_at") AND COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false)
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC [false] 2026-11-22 03:00:00 +0000 UTC [false]]

-- only where false: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- only where false: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz))) IS TRUE
ORDER BY t."expires_at"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [false] 500]

-- only where false: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((COALESCE((t."active"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false) AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz))) IS TRUE
ORDER BY t."expires_at"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [false] 1000]

-- revoked only: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (COALESCE(t."revoked", false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $7::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 0 [revoked] [] [] 0   7 not the epoch of this session: ]

-- revoked only: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT NULL::pg_catalog.timestamptz AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (COALESCE(t."revoked", false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537]]

-- revoked only: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(COALESCE(t."revoked", false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE(t."revoked", false), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND COALESCE(COALESCE(t."revoked", false), false)),
    pg_catalog.count(*) FILTER (WHERE false),
    pg_catalog.count(*) FILTER (WHERE false)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2;
-- [{64 0 true} {128 0 true}]

-- revoked only: list revoked
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."revoked"
LIMIT $1;
-- [500]

-- revoked only: list revoked, on
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."revoked"
LIMIT $1;
-- [1000]

-- seconds since 1970: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."epoch" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $3::pg_catalog.int8)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 1795316400 100000000 0 [epoch] [] [] 0   7 not the epoch of this session: ]

-- seconds since 1970: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT CASE WHEN (t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8) THEN pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8) END AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($3::pg_catalog.tid[])
  AND ((t."epoch" OPERATOR(pg_catalog.>=) $5::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $4::pg_catalog.int8)) IS TRUE
  OFFSET 0) AS dead;
-- [1795316400 100000000 [65537] 1795316400 100000000]

-- seconds since 1970: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) AND (t."epoch" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND (CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE (COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $3::pg_catalog.int8), false) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE (COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $4::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $3::pg_catalog.int8), false) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.min(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE NOT (COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8),
    pg_catalog.max(CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END) FILTER (WHERE true AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8)
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [1795316400 100000000 1795316400 100000000 {64 0 true} {128 0 true}]

-- seconds since 1970: first of epoch that lives
SELECT (
    SELECT CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."epoch" OPERATOR(pg_catalog.>=) $3::pg_catalog.int8
      AND NOT (COALESCE((t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8), false) OR false) AND t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8
    ORDER BY t."epoch" LIMIT 1);
-- [1795316400 100000000 1795316400]

-- seconds since 1970: last of epoch
SELECT (
    SELECT CASE WHEN t."epoch" OPERATOR(pg_catalog.>=) 100000000::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) 253402300800::pg_catalog.int8 THEN pg_catalog.timezone('UTC', pg_catalog.to_timestamp(t."epoch"::pg_catalog.float8 OPERATOR(pg_catalog./) 1::pg_catalog.float8)) END FROM ONLY "public"."t" AS t
    WHERE t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8
    ORDER BY t."epoch" DESC LIMIT 1);
-- [253402300800]

-- seconds since 1970: list epoch
SELECT t.ctid, t."epoch"
FROM ONLY "public"."t" AS t
WHERE (t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
ORDER BY t."epoch"
LIMIT $3;
-- [1795316400 100000000 500]

-- seconds since 1970: list epoch, on
SELECT t.ctid, t."epoch"
FROM ONLY "public"."t" AS t
WHERE (t."epoch" OPERATOR(pg_catalog.>=) $2::pg_catalog.int8 AND t."epoch" OPERATOR(pg_catalog.<) $1::pg_catalog.int8)
  AND t."epoch" OPERATOR(pg_catalog.>=) $3
ORDER BY t."epoch"
LIMIT $4;
-- [1795316400 100000000 2026-11-22 02:00:00 +0000 UTC 1000]

-- the latest of two: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 0 [expires_at absolute] [] [] 0   7 not the epoch of this session: ]

-- the latest of two: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT GREATEST(t."expires_at", t."absolute") AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL))) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- the latest of two: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp OR pg_catalog.timezone('UTC', t."absolute") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."absolute")) FILTER (WHERE (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND COALESCE(t."absolute" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."absolute")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."absolute")) FILTER (WHERE (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND COALESCE(t."absolute" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."absolute")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."absolute")) FILTER (WHERE NOT (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND pg_catalog.isfinite(t."absolute")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."absolute")) FILTER (WHERE true AND pg_catalog.isfinite(t."absolute"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- the latest of two: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND pg_catalog.isfinite(t."expires_at")
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- the latest of two: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- the latest of two: first of absolute that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."absolute") FROM ONLY "public"."t" AS t
    WHERE t."absolute" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT (COALESCE(((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL)), false) OR false) AND pg_catalog.isfinite(t."absolute")
    ORDER BY t."absolute" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC]

-- the latest of two: last of absolute
SELECT (
    SELECT pg_catalog.timezone('UTC', t."absolute") FROM ONLY "public"."t" AS t
    WHERE t."absolute" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."absolute" DESC LIMIT 1);
-- []

-- the latest of two: list absolute
SELECT t.ctid, t."absolute"
FROM ONLY "public"."t" AS t
WHERE t."absolute" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND (((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL))) IS TRUE
ORDER BY t."absolute"
LIMIT $4;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 500]

-- the latest of two: list absolute, on
SELECT t.ctid, t."absolute"
FROM ONLY "public"."t" AS t
WHERE t."absolute" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."absolute" OPERATOR(pg_catalog.>=) $2
  AND (((t."expires_at" IS NULL OR t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz) AND (t."absolute" IS NULL OR t."absolute" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz) AND (t."expires_at" IS NOT NULL OR t."absolute" IS NOT NULL))) IS TRUE
ORDER BY t."absolute"
LIMIT $5;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 1000]

-- two rules, one kept: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false)) AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz))
    OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz ELSE false END))
  AND NOT COALESCE(COALESCE(t."kept", true), false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $11::pg_catalog.oid;
-- [{64 0 true} {128 0 true} 2026-11-22 03:00:00 +0000 UTC [session] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 0 [expires_at word kept lasting] [] [] 0   7 not the epoch of this session: ]

-- two rules, one kept: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz))
    OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz ELSE false END))
  AND NOT COALESCE(COALESCE(t."kept", true), false)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] 2026-11-22 03:00:00 +0000 UTC [session] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC]

-- two rules, one kept: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE (COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false)) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false))),
    pg_catalog.count(*) FILTER (WHERE (COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false)) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT (COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false)) AND (t."expires_at" IS NOT NULL OR t."expires_at" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE ((COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false)) OR false) AND (pg_catalog.timezone('UTC', t."expires_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz, false) AND ((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($5::pg_catalog.text[]), false)) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE ((COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false)) OR false) AND COALESCE(t."expires_at" OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz, false) AND ((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($5::pg_catalog.text[]), false)) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE NOT ((COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false)) OR false) AND ((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($5::pg_catalog.text[]), false)) AND pg_catalog.isfinite(t."expires_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."expires_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."expires_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $7 AND t.ctid OPERATOR(pg_catalog.<) $8;
-- [2026-11-22 03:00:00 +0000 UTC [session] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC [session] 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- two rules, one kept: first of expires_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.>=) $5::pg_catalog.timestamptz
      AND NOT ((COALESCE((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false)) AND t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz) OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz ELSE false END, false) AND NOT COALESCE(COALESCE(t."kept", true), false)) OR false) AND pg_catalog.isfinite(t."expires_at") AND ((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($6::pg_catalog.text[]), false))
    ORDER BY t."expires_at" LIMIT 1);
-- [2026-11-22 03:00:00 +0000 UTC [session] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [session]]

-- two rules, one kept: last of expires_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."expires_at") FROM ONLY "public"."t" AS t
    WHERE t."expires_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."expires_at" DESC LIMIT 1);
-- []

-- two rules, one kept: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz))
    OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz ELSE false END))
  AND NOT COALESCE(COALESCE(t."kept", true), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $6;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [session] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 500]

-- two rules, one kept: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false)) AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz))
    OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz ELSE false END))
  AND NOT COALESCE(COALESCE(t."kept", true), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $7;
-- [2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [session] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- two rules, one kept: list expires_at
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false)) AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz))
    OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz ELSE false END))
  AND NOT COALESCE(COALESCE(t."kept", true), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $6;
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [session] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 500]

-- two rules, one kept: list expires_at, on
SELECT t.ctid, t."expires_at"
FROM ONLY "public"."t" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."expires_at" OPERATOR(pg_catalog.>=) $2
  AND ((((((pg_catalog.num_nulls(t."word") OPERATOR(pg_catalog.=) 1) OR COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[]), false)) AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz))
    OR CASE WHEN pg_catalog.isfinite(t."expires_at") AND t."expires_at" OPERATOR(pg_catalog.<) $5::pg_catalog.timestamptz AND t."lasting" OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval AND t."lasting" OPERATOR(pg_catalog.<=) '10000 years'::pg_catalog.interval
    THEN (CASE WHEN pg_catalog.date_part('year', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 OR pg_catalog.date_part('month', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN GREATEST(t."expires_at" OPERATOR(pg_catalog.+) t."lasting", pg_catalog.timezone('Etc/GMT-14', pg_catalog.timezone('Etc/GMT-14', t."expires_at") OPERATOR(pg_catalog.+) t."lasting"), pg_catalog.timezone('Etc/GMT+12', pg_catalog.timezone('Etc/GMT+12', t."expires_at") OPERATOR(pg_catalog.+) t."lasting")) OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval WHEN pg_catalog.date_part('day', t."lasting") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8 THEN t."expires_at" OPERATOR(pg_catalog.+) t."lasting" OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval ELSE t."expires_at" OPERATOR(pg_catalog.+) t."lasting" END) OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz ELSE false END))
  AND NOT COALESCE(COALESCE(t."kept", true), false)) IS TRUE
ORDER BY t."expires_at"
LIMIT $7;
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC [session] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- values, since: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} [used revoked] 2026-11-22 02:00:00 +0000 UTC 0 [word used_at] [] [] 0   7 not the epoch of this session: ]

-- values, since: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT NULL::pg_catalog.timestamptz AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)) IS TRUE
  OFFSET 0) AS dead;
-- [[65537] [used revoked] 2026-11-22 02:00:00 +0000 UTC]

-- values, since: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND COALESCE((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz), false)),
    pg_catalog.count(*) FILTER (WHERE false),
    pg_catalog.count(*) FILTER (WHERE (false OR COALESCE((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz), false)) AND (pg_catalog.timezone('UTC', t."used_at") OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE (false OR COALESCE((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz), false)) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE (false OR COALESCE((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz), false)) AND COALESCE(t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz, false) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.min(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE NOT (false OR COALESCE((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz), false)) AND pg_catalog.isfinite(t."used_at")),
    pg_catalog.max(pg_catalog.timezone('UTC', t."used_at")) FILTER (WHERE true AND pg_catalog.isfinite(t."used_at"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $4 AND t.ctid OPERATOR(pg_catalog.<) $5;
-- [[used revoked] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- values, since: first of used_at that lives
SELECT (
    SELECT pg_catalog.timezone('UTC', t."used_at") FROM ONLY "public"."t" AS t
    WHERE t."used_at" OPERATOR(pg_catalog.>=) $3::pg_catalog.timestamptz
      AND NOT (false OR COALESCE((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz), false)) AND pg_catalog.isfinite(t."used_at")
    ORDER BY t."used_at" LIMIT 1);
-- [[used revoked] 2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC]

-- values, since: last of used_at
SELECT (
    SELECT pg_catalog.timezone('UTC', t."used_at") FROM ONLY "public"."t" AS t
    WHERE t."used_at" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."used_at" DESC LIMIT 1);
-- []

-- values, since: list word
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."word" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
  AND ((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)) IS TRUE
LIMIT $4;
-- [[used revoked] [used revoked] 2026-11-22 02:00:00 +0000 UTC 500]

-- values, since: list word, on
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."word" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
  AND ((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)) IS TRUE
LIMIT $4;
-- [[used revoked] [used revoked] 2026-11-22 02:00:00 +0000 UTC 1000]

-- values, since: list used_at
SELECT t.ctid, t."used_at"
FROM ONLY "public"."t" AS t
WHERE t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND ((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz)) IS TRUE
ORDER BY t."used_at"
LIMIT $4;
-- [2026-11-22 02:00:00 +0000 UTC [used revoked] 2026-11-22 02:00:00 +0000 UTC 500]

-- values, since: list used_at, on
SELECT t.ctid, t."used_at"
FROM ONLY "public"."t" AS t
WHERE t."used_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz
  AND t."used_at" OPERATOR(pg_catalog.>=) $2
  AND ((COALESCE((t."word"::pg_catalog.text COLLATE pg_catalog."C") OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]), false) AND t."used_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz)) IS TRUE
ORDER BY t."used_at"
LIMIT $5;
-- [2026-11-22 02:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC [used revoked] 2026-11-22 02:00:00 +0000 UTC 1000]

-- without zone: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz) AND pg_catalog.timezone($5::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz) OR COALESCE(t."revoked", false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $11::pg_catalog.oid;
-- [{64 0 true} {128 0 true} Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 0 [local revoked] [] [] 0   7 not the epoch of this session: ]

-- without zone: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT pg_catalog.timezone($1::pg_catalog.text, t."local") AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($2::pg_catalog.tid[])
  AND ((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz) AND pg_catalog.timezone($5::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $6::pg_catalog.timestamptz) OR COALESCE(t."revoked", false)) IS TRUE
  OFFSET 0) AS dead;
-- [Europe/Berlin [65537] Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC]

-- without zone: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false) AND NOT COALESCE(COALESCE(t."revoked", false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE(t."revoked", false), false) AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false) AND COALESCE(COALESCE(t."revoked", false), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(COALESCE(t."revoked", false), false) AND NOT COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false) AND (t."local" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false) OR COALESCE(COALESCE(t."revoked", false), false)) AND (t."local" OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(t."local") FILTER (WHERE (COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false) OR COALESCE(COALESCE(t."revoked", false), false)) AND COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($5::pg_catalog.text, $6::pg_catalog.timestamptz) AND pg_catalog.timezone($7::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $8::pg_catalog.timestamptz), false) AND pg_catalog.isfinite(t."local")),
    pg_catalog.max(t."local") FILTER (WHERE (COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false) OR COALESCE(COALESCE(t."revoked", false), false)) AND COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($5::pg_catalog.text, $6::pg_catalog.timestamptz) AND pg_catalog.timezone($7::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $8::pg_catalog.timestamptz), false) AND pg_catalog.isfinite(t."local")),
    pg_catalog.min(t."local") FILTER (WHERE NOT (COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false) OR COALESCE(COALESCE(t."revoked", false), false)) AND pg_catalog.isfinite(t."local")),
    pg_catalog.max(t."local") FILTER (WHERE true AND pg_catalog.isfinite(t."local"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $9 AND t.ctid OPERATOR(pg_catalog.<) $10;
-- [Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- without zone: first of local that lives
SELECT (
    SELECT t."local" FROM ONLY "public"."t" AS t
    WHERE t."local" OPERATOR(pg_catalog.>=) pg_catalog.timezone($5::pg_catalog.text, $6::pg_catalog.timestamptz)
      AND NOT (COALESCE((t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz), false) OR COALESCE(COALESCE(t."revoked", false), false)) AND pg_catalog.isfinite(t."local")
    ORDER BY t."local" LIMIT 1);
-- [Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC]

-- without zone: last of local
SELECT (
    SELECT t."local" FROM ONLY "public"."t" AS t
    WHERE t."local" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."local" DESC LIMIT 1);
-- []

-- without zone: list local
SELECT t.ctid, t."local"
FROM ONLY "public"."t" AS t
WHERE (t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz)
ORDER BY t."local"
LIMIT $5;
-- [Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 500]

-- without zone: list local, on
SELECT t.ctid, t."local"
FROM ONLY "public"."t" AS t
WHERE (t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz) AND pg_catalog.timezone($3::pg_catalog.text, t."local") OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz)
  AND t."local" OPERATOR(pg_catalog.>=) $5
ORDER BY t."local"
LIMIT $6;
-- [Europe/Berlin 2026-11-22 03:00:00 +0000 UTC Europe/Berlin 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- without zone: list revoked
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."revoked"
LIMIT $1;
-- [500]

-- without zone: list revoked, on
SELECT t.ctid, NULL::pg_catalog.timestamptz
FROM ONLY "public"."t" AS t
WHERE t."revoked"
LIMIT $1;
-- [1000]

-- without zone, in UTC: delete a range
DELETE FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid;
-- [{64 0 true} {128 0 true} UTC 2026-11-22 03:00:00 +0000 UTC 0 [local] [] [] 0   7 not the epoch of this session: ]

-- without zone, in UTC: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT pg_catalog.timezone($1::pg_catalog.text, t."local") AS expires, false AS referred
  FROM ONLY "public"."t" AS t
  WHERE t.ctid OPERATOR(pg_catalog.=) ANY($2::pg_catalog.tid[])
  AND (t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz)) IS TRUE
  OFFSET 0) AS dead;
-- [UTC [65537] UTC 2026-11-22 03:00:00 +0000 UTC]

-- without zone, in UTC: survey a range
SELECT pg_catalog.count(*),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false) AND NOT false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false)),
    pg_catalog.count(*) FILTER (WHERE COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false) AND false),
    pg_catalog.count(*) FILTER (WHERE false AND NOT COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false) AND (t."local" IS NOT NULL)),
    pg_catalog.count(*) FILTER (WHERE (COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false) OR false) AND (t."local" OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp)),
    pg_catalog.min(t."local") FILTER (WHERE (COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false) OR false) AND COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz), false) AND pg_catalog.isfinite(t."local")),
    pg_catalog.max(t."local") FILTER (WHERE (COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false) OR false) AND COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz), false) AND pg_catalog.isfinite(t."local")),
    pg_catalog.min(t."local") FILTER (WHERE NOT (COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false) OR false) AND pg_catalog.isfinite(t."local")),
    pg_catalog.max(t."local") FILTER (WHERE true AND pg_catalog.isfinite(t."local"))
FROM ONLY "public"."t" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $5 AND t.ctid OPERATOR(pg_catalog.<) $6;
-- [UTC 2026-11-22 03:00:00 +0000 UTC UTC 2026-11-22 03:00:00 +0000 UTC {64 0 true} {128 0 true}]

-- without zone, in UTC: first of local that lives
SELECT (
    SELECT t."local" FROM ONLY "public"."t" AS t
    WHERE t."local" OPERATOR(pg_catalog.>=) pg_catalog.timezone($3::pg_catalog.text, $4::pg_catalog.timestamptz)
      AND NOT (COALESCE(t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz), false) OR false) AND pg_catalog.isfinite(t."local")
    ORDER BY t."local" LIMIT 1);
-- [UTC 2026-11-22 03:00:00 +0000 UTC UTC 2026-11-22 03:00:00 +0000 UTC]

-- without zone, in UTC: last of local
SELECT (
    SELECT t."local" FROM ONLY "public"."t" AS t
    WHERE t."local" OPERATOR(pg_catalog.<) 'infinity'
    ORDER BY t."local" DESC LIMIT 1);
-- []

-- without zone, in UTC: list local
SELECT t.ctid, t."local"
FROM ONLY "public"."t" AS t
WHERE t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)
ORDER BY t."local"
LIMIT $3;
-- [UTC 2026-11-22 03:00:00 +0000 UTC 500]

-- without zone, in UTC: list local, on
SELECT t.ctid, t."local"
FROM ONLY "public"."t" AS t
WHERE t."local" OPERATOR(pg_catalog.<) pg_catalog.timezone($1::pg_catalog.text, $2::pg_catalog.timestamptz)
  AND t."local" OPERATOR(pg_catalog.>=) $3
ORDER BY t."local"
LIMIT $4;
-- [UTC 2026-11-22 03:00:00 +0000 UTC 2026-11-22 02:00:00 +0000 UTC 1000]

-- delete a list
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $7::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($4::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($5::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $8::pg_catalog.text THEN true ELSE pg_catalog.concat($9::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($4::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($5::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $10::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($11::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END;
-- [[65537 65538 196609] 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- delete what is free
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.=) ANY(ARRAY(
    SELECT t.ctid FROM ONLY "public"."refresh_tokens" AS t
    WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
      AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE
    FOR UPDATE SKIP LOCKED))
  AND (t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $5::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $5::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($6::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $10::pg_catalog.text THEN true ELSE pg_catalog.concat($11::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $5::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $5::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($6::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $12::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($13::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- delete what is free, ten at most
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.=) ANY(ARRAY(
    SELECT t.ctid FROM ONLY "public"."refresh_tokens" AS t
    WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
      AND (t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE
    LIMIT $3
    FOR UPDATE SKIP LOCKED))
  AND (t."expires_at" OPERATOR(pg_catalog.<) $4::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $9::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $5::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $5::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($6::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $10::pg_catalog.text THEN true ELSE pg_catalog.concat($11::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $5::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $5::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($6::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($8::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $12::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($13::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END;
-- [[1] 2026-11-22 03:00:00 +0000 UTC 10 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- select
SELECT t.ctid FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC]

-- count all rows of a range
SELECT pg_catalog.count(*) FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2;
-- [{0 0 true} {8 0 true}]

-- estimate
EXPLAIN (FORMAT JSON)
SELECT FROM ONLY "public"."refresh_tokens" AS t
WHERE t."expires_at" OPERATOR(pg_catalog.<) $1::pg_catalog.timestamptz OR t."revoked";
-- [2026-11-22 03:00:00 +0000 UTC]

-- a table that others refer to: delete a range
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."revoked", false))
  AND NOT (EXISTS (SELECT FROM ONLY "public"."sessions" AS r WHERE t.id OPERATOR(pg_catalog.=) r.token_id))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($5::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $9::pg_catalog.text THEN true ELSE pg_catalog.concat($10::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($5::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $11::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($12::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- a table that others refer to: count
SELECT
    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),
    pg_catalog.count(*) FILTER (WHERE dead.referred),
    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))
FROM (
  SELECT t."expires_at" AS expires, EXISTS (SELECT FROM ONLY "public"."sessions" AS r WHERE t.id OPERATOR(pg_catalog.=) r.token_id) AS referred
  FROM ONLY "public"."refresh_tokens" AS t
  WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE
  OFFSET 0) AS dead;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC]

-- a table that others refer to ON DELETE CASCADE: lock a range
SELECT FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."revoked", false))
  AND NOT (EXISTS (SELECT FROM ONLY "public"."sessions" AS r WHERE t.id OPERATOR(pg_catalog.=) r.token_id))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($5::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $9::pg_catalog.text THEN true ELSE pg_catalog.concat($10::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($5::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $11::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($12::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END
FOR UPDATE;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- a table that others refer to ON DELETE CASCADE: then delete it
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND t.xmax OPERATOR(pg_catalog.=) pg_catalog.pg_current_xact_id()::pg_catalog.xid
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."revoked", false))
  AND NOT (EXISTS (SELECT FROM ONLY "public"."sessions" AS r WHERE t.id OPERATOR(pg_catalog.=) r.token_id))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($5::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $9::pg_catalog.text THEN true ELSE pg_catalog.concat($10::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($5::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $11::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($12::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- a table that others refer to ON DELETE CASCADE: lock what is free, ten at most
SELECT FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE(t."revoked", false))
  AND NOT (EXISTS (SELECT FROM ONLY "public"."sessions" AS r WHERE t.id OPERATOR(pg_catalog.=) r.token_id))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $7::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($4::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($5::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $8::pg_catalog.text THEN true ELSE pg_catalog.concat($9::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($4::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($5::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $10::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($11::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END
LIMIT $12
FOR UPDATE SKIP LOCKED;
-- [[1] 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session:  10]

-- a table that others refer to ON DELETE CASCADE: then delete what is locked
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND t.xmax OPERATOR(pg_catalog.=) pg_catalog.pg_current_xact_id()::pg_catalog.xid
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE(t."revoked", false))
  AND NOT (EXISTS (SELECT FROM ONLY "public"."sessions" AS r WHERE t.id OPERATOR(pg_catalog.=) r.token_id))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $7::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($4::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($5::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $8::pg_catalog.text THEN true ELSE pg_catalog.concat($9::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($4::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($5::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $10::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($11::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END;
-- [[1] 2026-11-22 03:00:00 +0000 UTC 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

-- a table that refers to itself: list a range
SELECT t.ctid, EXISTS (SELECT FROM ONLY "public"."sessions" AS r WHERE t.id OPERATOR(pg_catalog.=) r.token_id), own.ctid, own.soft
FROM ONLY "public"."refresh_tokens" AS t
LEFT JOIN LATERAL (
    SELECT
        CASE WHEN r.tableoid OPERATOR(pg_catalog.=) t.tableoid THEN r.ctid ELSE '(4294967295,0)' END AS ctid,
        false AS soft
    FROM ONLY "public"."refresh_tokens" AS r
    WHERE t.id OPERATOR(pg_catalog.=) r.parent
      AND NOT (r.tableoid OPERATOR(pg_catalog.=) t.tableoid AND r.ctid OPERATOR(pg_catalog.=) t.ctid)
    OFFSET 0) AS own ON true
WHERE t.ctid OPERATOR(pg_catalog.>=) $1 AND t.ctid OPERATOR(pg_catalog.<) $2
  AND (t."expires_at" OPERATOR(pg_catalog.<) $3::pg_catalog.timestamptz OR COALESCE(t."revoked", false)) IS TRUE;
-- [{0 0 true} {8 0 true} 2026-11-22 03:00:00 +0000 UTC]

-- a table that refers to itself: delete a list
DELETE FROM ONLY "public"."refresh_tokens" AS t
WHERE t.ctid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.tid[])
  AND ((t."expires_at" OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz OR COALESCE(t."revoked", false))
  AND NOT (EXISTS (SELECT FROM ONLY "public"."sessions" AS r WHERE t.id OPERATOR(pg_catalog.=) r.token_id)
    OR EXISTS (SELECT FROM ONLY "public"."refresh_tokens" AS r WHERE t.id OPERATOR(pg_catalog.=) r.parent AND NOT (r.tableoid OPERATOR(pg_catalog.=) t.tableoid AND r.ctid OPERATOR(pg_catalog.=) ANY($3::pg_catalog.tid[]))))) IS TRUE
  AND t.tableoid OPERATOR(pg_catalog.=) $8::pg_catalog.oid
  AND CASE WHEN (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($5::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])))) OPERATOR(pg_catalog.=) $9::pg_catalog.text THEN true ELSE pg_catalog.concat($10::pg_catalog.text, (SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $4::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY($5::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($6::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY($7::pg_catalog.oid[])))))::pg_catalog.bool END
  AND CASE WHEN (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE) OPERATOR(pg_catalog.=) $11::pg_catalog.int8 THEN true
    ELSE pg_catalog.concat($12::pg_catalog.text, (SELECT turn.epoch FROM "siltgate"."turn" AS turn FOR SHARE))::pg_catalog.bool END;
-- [[65537 65538] 2026-11-22 03:00:00 +0000 UTC [65537 65538] 0 [expires_at revoked] [] [] 0   7 not the epoch of this session: ]

