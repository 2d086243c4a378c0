-- TOOL: Laravel sessions
-- `last_activity` counts seconds since 1970. A session is dead when its lifetime has passed since then.
-- KNOW: `KEEP_EXPIRED=120m` stands for `SESSION_LIFETIME` (120 minutes by default). Write yours.
-- KNOW: Laravel deletes old sessions itself by its `lottery` (`config/session.php`). `[0, 100]` turns that off.
--
--   SILTGATE_TABLES_0_NAME=sessions
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=last_activity
--   SILTGATE_TABLES_0_EXPIRES_UNIT=s
--   SILTGATE_TABLES_0_KEEP_EXPIRED=120m
CREATE TABLE sessions (id varchar(255) PRIMARY KEY, user_id bigint, ip_address varchar(45), user_agent text, payload text NOT NULL, last_activity integer NOT NULL);
INSERT INTO sessions (id, payload, last_activity) VALUES ('live', '', extract(epoch FROM now()) - 7000), ('dead', '', extract(epoch FROM now()) - 7300);
