package suggest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// otherTools are tables of tools that no schema of the tests has. Each row's text says that it lives.
const otherTools = `
	-- Keycloak
	CREATE TABLE offline_user_session (user_session_id varchar(36), user_id varchar(255), created_on int NOT NULL, offline_flag varchar(4),
		data text, last_session_refresh int NOT NULL DEFAULT 0);
	INSERT INTO offline_user_session VALUES ('live', 'u', extract(epoch FROM now() - interval '2 years'), '1', '{}', extract(epoch FROM now() - interval '1 day'));
	CREATE TABLE revoked_token (id varchar(255) PRIMARY KEY, expire bigint NOT NULL);
	INSERT INTO revoked_token VALUES ('live', extract(epoch FROM now() + interval '1 hour'));
	-- Supabase
	CREATE SCHEMA auth;
	CREATE TABLE auth.refresh_tokens (id bigserial PRIMARY KEY, token varchar(255), user_id varchar(255), revoked boolean, created_at timestamptz, updated_at timestamptz,
		parent varchar(255));
	INSERT INTO auth.refresh_tokens (token, revoked, created_at, updated_at) VALUES ('live', false, now() - interval '2 years', now() - interval '2 years'),
		('live, to detect reuse', true, now() - interval '2 years', now() - interval '1 day');
	CREATE TABLE auth.sessions (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid, created_at timestamptz, updated_at timestamptz, refreshed_at timestamp,
		not_after timestamptz, user_agent text, ip inet, tag text);
	INSERT INTO auth.sessions (tag, created_at) VALUES ('live', now() - interval '2 years');
	CREATE TABLE auth.flow_state (id uuid PRIMARY KEY, user_id uuid, auth_code text, code_challenge text, created_at timestamptz, updated_at timestamptz);
	CREATE TABLE auth.mfa_challenges (id uuid PRIMARY KEY, factor_id uuid, created_at timestamptz, verified_at timestamptz, ip_address inet, otp_code text);
	-- Phoenix
	CREATE TABLE users_tokens (id bigserial, user_id bigint, token bytea, context text, sent_to text, inserted_at timestamp(0));
	-- Ory Kratos
	CREATE TABLE selfservice_login_flows (id uuid, request_url text, issued_at timestamp, expires_at timestamp, csrf_token text);
	INSERT INTO selfservice_login_flows (csrf_token, expires_at) VALUES ('live', now() AT TIME ZONE 'UTC' + interval '1 hour');
	CREATE TABLE identity_recovery_tokens (id uuid, token text, used boolean, used_at timestamp, expires_at timestamp, issued_at timestamp);
	-- Spring Security, Symfony, Discourse, Django REST framework, ASP.NET
	CREATE TABLE persistent_logins (username varchar(64), series varchar(64), token varchar(64), last_used timestamp);
	INSERT INTO persistent_logins VALUES ('u', 's', 'live', now() AT TIME ZONE 'UTC' - interval '10 days');
	CREATE TABLE rememberme_token (series varchar(88), value varchar(88), "lastUsed" timestamp, class text, username text);
	CREATE TABLE user_auth_tokens (id serial, user_id int, auth_token text, prev_auth_token text, user_agent text, auth_token_seen boolean, rotated_at timestamp,
		created_at timestamp, seen_at timestamp);
	CREATE TABLE authtoken_token (key varchar(40) PRIMARY KEY, created timestamptz, user_id int);
	CREATE TABLE "AspNetUserTokens" ("UserId" text, "LoginProvider" text, "Name" text, "Value" text);
	-- Kong, Hanko, dex, Sentry, Synapse, TYPO3
	CREATE TABLE oauth2_tokens (id uuid, created_at timestamptz, access_token text, refresh_token text, expires_in int, authenticated_userid text, ttl timestamptz);
	INSERT INTO oauth2_tokens VALUES (gen_random_uuid(), now() - interval '1 year', 'live', NULL, 7200, 'u', now() + interval '1 day');
	CREATE TABLE passcodes (id uuid, user_id uuid, ttl int NOT NULL, code text, try_count int, created_at timestamp, updated_at timestamp);
	INSERT INTO passcodes VALUES (gen_random_uuid(), NULL, 300, 'live', 0, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC');
	CREATE TABLE auth_request (id text PRIMARY KEY, nonce text, state text, claims_email_verified boolean, expiry timestamptz);
	INSERT INTO auth_request VALUES ('live', '', '', false, now() + interval '1 hour');
	CREATE TABLE sentry_lostpasswordhash (user_id int, hash varchar(32), date_added timestamptz);
	INSERT INTO sentry_lostpasswordhash VALUES (1, 'live', now() - interval '1 hour');
	CREATE TABLE access_tokens (id bigint, user_id text, token text, valid_until_ms bigint, last_validated bigint, used boolean);
	INSERT INTO access_tokens VALUES (1, 'u', 'live', extract(epoch FROM now() + interval '1 hour') * 1000, 0, true), (2, 'u', 'live, for ever', NULL, 0, true);
	CREATE TABLE fe_sessions (ses_id varchar(190), ses_iplock varchar(39), ses_userid int, ses_tstamp int, ses_data bytea, ses_permanent smallint);
	INSERT INTO fe_sessions VALUES ('live', '', 1, extract(epoch FROM now() - interval '10 days'), '', 0), ('live, permanent', '', 1, extract(epoch FROM now() - interval '3 years'), '', 1);
	-- Others
	CREATE TABLE user_login_sessions (id uuid, user_id uuid, ip_address text, expires_at timestamptz);
	CREATE TABLE forgot_passwords (email text, token text, created_at timestamptz);
	CREATE TABLE saml_relay_states (id uuid, request_id text, redirect_to text, created_at timestamptz, expires_at timestamptz, data text)`

func TestTheTablesOfOtherToolsAreFoundAndNoLiveRowGoes(t *testing.T) {
	t.Parallel()
	conn, url := made(t, otherTools)
	found := suggested(t, conn)
	file := Environ(found)
	for _, name := range []string{
		"public.offline_user_session", "public.revoked_token", "auth.refresh_tokens", "auth.sessions", "auth.flow_state", "auth.mfa_challenges", "public.users_tokens",
		"public.selfservice_login_flows", "public.identity_recovery_tokens", "public.persistent_logins", "public.rememberme_token", "public.user_auth_tokens",
		"public.authtoken_token", "public.AspNetUserTokens", "public.user_login_sessions", "public.forgot_passwords", "public.saml_relay_states",
		"public.oauth2_tokens", "public.passcodes", "public.auth_request", "public.sentry_lostpasswordhash", "public.access_tokens", "public.fe_sessions",
	} {
		require.True(t, slices.ContainsFunc(found, func(s Suggestion) bool { return s.Table.title() == name }), "%s is not found\n%s", name, file)
	}
	live := count(t, conn, "live")
	require.Equal(t, 15, live)
	for _, guesses := range []bool{false, true} {
		purged(t, url, variables(file, guesses))
		require.Equal(t, live, count(t, conn, "live"), file)
	}
}

// A session that began long ago may have been used a minute ago.
func TestTheAgeOfARowIsCountedFromTheLatestOfAllItsTimes(t *testing.T) {
	t.Parallel()
	conn, _ := made(t, otherTools)
	file := Environ(suggested(t, conn))
	require.Contains(t, file, "_EXPIRES_COLUMN=created_on,last_session_refresh\n")
}

func TestATableWithoutAnythingToGoByIsNamedAndNothingMore(t *testing.T) {
	t.Parallel()
	conn, _ := made(t, `CREATE TABLE users_tokens (id bigserial, user_id bigint, token bytea, context text, inserted_at timestamp)`)
	file := Environ(suggested(t, conn))
	require.Empty(t, variables(file, true), file)
	require.Contains(t, file, "# public.users_tokens: looks like tokens, but no column says when a row is dead; rows were never counted.")
}

// Mattermost tells a phone that its session expired, Kong calls an instant ttl, and Synapse has the unit in a name.
func TestNamesThatHaveTheWordsOfOthersAreReadByTheirTypes(t *testing.T) {
	t.Parallel()
	conn, _ := made(t, otherTools+`;
		CREATE TABLE mattermost_sessions (id varchar(26), token varchar(26), createat bigint, expiresat bigint, lastactivityat bigint, expirednotify boolean);
		CREATE TABLE php_sessions (sess_id varchar(128), sess_data bytea, sess_lifetime int, sess_time int)`)
	file := Environ(suggested(t, conn))
	require.NotContains(t, file, "ONLY_COLUMN=expirednotify")
	require.Contains(t, file, "_EXPIRES_COLUMN=ttl\n")
	require.Contains(t, file, "_EXPIRES_COLUMN=valid_until_ms\n")
	require.Contains(t, file, "_KEEP_COLUMN=ses_permanent\n")
	require.Contains(t, file, "or is itself when a row expires: then no row goes, and sess_lifetime is the EXPIRES_COLUMN")
	require.NotContains(t, file, "claims_email_verified")
}
