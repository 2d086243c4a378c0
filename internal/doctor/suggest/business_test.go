package suggest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNothingIsSuggestedOfABusiness(t *testing.T) {
	t.Parallel()
	conn, _ := made(t, `
		CREATE TABLE users (id bigint PRIMARY KEY, email text, password_hash text, created_at timestamptz, deleted_at timestamptz);
		CREATE TABLE accounts (id text PRIMARY KEY, "accessToken" text, "refreshToken" text, "accessTokenExpiresAt" timestamptz, password text);
		CREATE TABLE orders (id bigint, code text, created_at timestamptz, expires_at timestamptz);
		CREATE TABLE coupons (code text PRIMARY KEY, value int, expires_at timestamptz, used boolean);
		CREATE TABLE gift_tokens (code text PRIMARY KEY, expires_at timestamptz);
		CREATE TABLE subscriptions (id bigint, user_id bigint, expires_at timestamptz, status text);
		CREATE TABLE contracts (id bigint, hash text, valid_until date);
		CREATE TABLE conference_sessions (id bigint, title text, speaker text, starts_at timestamptz, ends_at timestamptz, created_at timestamptz);
		CREATE TABLE voting_sessions (id bigint, title text, deadline timestamptz);
		CREATE TABLE crypto_tokens (symbol text, contract_hash text, decimals int, created_at timestamptz);
		CREATE TABLE oauth_applications (id bigint, client_secret text, created_at timestamptz, expires_at timestamptz);
		CREATE TABLE products (sku text, code text, expires_on date);
		CREATE TABLE kyc_documents (user_id bigint, document_hash text, expires_at date);
		CREATE TABLE device_push (token text, user_id bigint, created_at timestamptz);
		CREATE TABLE design_tokens (name text, value text, updated_at timestamptz);
		CREATE TABLE token_prices (token text, price numeric, created_at timestamptz);
		CREATE TABLE workflow_states (id bigint, user_id bigint, data jsonb, created_at timestamptz);
		CREATE TABLE token_accounts (id bigint, token_hash text, owner text, created_at timestamptz);
		CREATE TABLE certificates (serial text, digest text, not_after timestamptz)`)
	require.Empty(t, suggested(t, conn))
	require.Equal(t, "# No table looks like tokens or sessions.\n", Environ(nil))
}

// businesses are ordinary databases. None has a row that may go because of its age or expiry.
var businesses = map[string]string{
	"a shop": `
		CREATE TABLE coupons (code text PRIMARY KEY, valid_until timestamptz, used_at timestamptz);
		CREATE TABLE subscriptions (id bigint, user_id bigint, provider_token text, valid_until timestamptz, status text);
		CREATE TABLE payment_tokens (id bigint, user_id bigint, token text, last_digits text, exp_month int, exp_year int, expires_on date, created_at timestamptz);
		CREATE TABLE checkout_sessions (id text, customer_id bigint, payment_intent text, amount_total bigint, expires_at timestamptz, created_at timestamptz);
		CREATE TABLE licence_keys (key text, user_id bigint, valid_until timestamptz);
		CREATE TABLE license_tokens (token text, user_id bigint, expires_at timestamptz, revoked boolean);
		CREATE TABLE loyalty_cards (card_token text, user_id bigint, expires_at date);
		CREATE TABLE gift_card_codes (code text, expires_at timestamptz, redeemed_at timestamptz);
		CREATE TABLE quote_sessions (session_id text, user_agent text, price numeric, expires_at timestamptz);
		CREATE TABLE price_tokens (token text, valid_until timestamptz)`,
	"a CMS": `
		CREATE TABLE posts (id bigint, title text, publish_at timestamptz, expires_at timestamptz);
		CREATE TABLE revisions (id bigint, post_id bigint, hash text, created_at timestamptz);
		CREATE TABLE subscribers (email text, confirmation_token text, confirmed_at timestamptz, expires_at timestamptz);
		CREATE TABLE reading_sessions (id bigint, user_id bigint, article_id bigint, ip inet, created_at timestamptz, updated_at timestamptz);
		CREATE TABLE web_sessions (id uuid, visitor text, user_agent text, ip inet, referrer text, utm_source text, created_at timestamptz);
		CREATE TABLE editing_sessions (id bigint, user_id bigint, data jsonb, created_at timestamptz);
		CREATE TABLE session_logs (session_id text, user_id bigint, ip inet, created_at timestamptz);
		CREATE TABLE token_history (token_hash text, user_id bigint, revoked_at timestamptz, expires_at timestamptz);
		CREATE TABLE design_tokens (name text, value text, updated_at timestamptz, valid_until timestamptz)`,
	"an internet of things": `
		CREATE TABLE measurements (device_id bigint, value double precision, valid_until timestamptz, created_at timestamptz);
		CREATE TABLE device_certificates (serial text, fingerprint text, not_after timestamptz);
		CREATE TABLE device_firmware (device_id bigint, digest text, valid_until timestamptz);
		CREATE TABLE telemetry_sessions (id bigint, payload jsonb, created_at timestamptz);
		CREATE TABLE charging_sessions (id bigint, user_id bigint, token text, kwh numeric, created_at timestamptz);
		CREATE TABLE sensor_tokens (token text, sensor_id bigint, calibrated_at timestamptz, expires_at timestamptz);
		CREATE TABLE network_sessions (id bigint, device_id bigint, latitude double precision, session_key bytea, updated_at timestamptz)`,
	"queues of jobs": `
		CREATE TABLE jobs (id bigint, payload jsonb, created_at timestamptz, expires_at timestamptz, reserved_at int);
		CREATE TABLE failed_jobs (id bigint, uuid text, payload text, failed_at timestamp);
		CREATE TABLE job_locks (key text, token text, expires_at timestamptz);
		CREATE TABLE workers (id text, last_seen timestamptz);
		CREATE TABLE import_sessions (id bigint, user_id bigint, data jsonb, created_at timestamptz);
		CREATE TABLE session_reports (id bigint, session_id text, created_at timestamptz)`,
	"caches and accounts": `
		CREATE TABLE cache (key text PRIMARY KEY, value text, expiration int);
		CREATE TABLE cache_locks (key text PRIMARY KEY, owner text, expiration int);
		CREATE TABLE feature_usage (token text, user_id bigint, expires_at timestamptz);
		CREATE TABLE daily_token_usage (id text, token text, usage bigint, created_at timestamptz, expires_at timestamptz);
		CREATE TABLE kyc_verifications (user_id bigint, document_hash text, expires_at timestamptz);
		CREATE TABLE age_verifications (user_id bigint, birth date, valid_until date);
		CREATE TABLE study_sessions (user_id bigint, deadline timestamptz);
		CREATE TABLE access_grants (user_id bigint, resource_id bigint, expires_at timestamptz);
		CREATE TABLE session_access_token_signing_keys (created_at_time bigint, value text);
		CREATE TABLE jwt_signing_keys (key_id text, key_string text, created_at bigint, expires_at bigint);
		CREATE TABLE otp_totp_totpdevice (id int, user_id int, name text, key text, created_at timestamptz, last_used_at timestamptz);
		CREATE TABLE otp_email_emaildevice (id int, user_id int, key text, token text, valid_until timestamptz);
		CREATE TABLE otp_secrets (user_id uuid, secret text, created_at timestamptz, updated_at timestamptz);
		CREATE TABLE account_otp_keys (id bigint, key text, num_failures int, last_used timestamptz);
		CREATE TABLE user_login_history (user_id bigint, session_id text, ip inet, created_at timestamptz);
		CREATE TABLE oauth_device_policies (id bigint, secret text, expires_at timestamptz)`,
}

func TestNothingIsSuggestedOfDatabasesWithoutTokens(t *testing.T) {
	t.Parallel()
	for name, sql := range businesses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, _ := made(t, sql)
			file := Environ(suggested(t, conn))
			require.Empty(t, variables(file, true), file)
		})
	}
}

// Backup codes are good until they are used, and a provider's token until its account is disconnected.
func TestWhatIsGoodForYearsIsNamedAndKept(t *testing.T) {
	t.Parallel()
	conn, url := made(t, `
		CREATE TABLE user_recovery_codes (user_id bigint, code_hash text, used_at timestamptz, created_at timestamptz);
		INSERT INTO user_recovery_codes VALUES (1, 'live', NULL, now() - interval '3 years');
		CREATE TABLE socialaccount_socialtoken (id int, token text NOT NULL, token_secret text NOT NULL, expires_at timestamptz, account_id int);
		INSERT INTO socialaccount_socialtoken VALUES (1, 't', 'live, can be renewed', now() - interval '3 years', 1);
		CREATE TABLE email_verifications (email text, code text, expires_at timestamptz, verified_at timestamptz, pinned boolean);
		INSERT INTO email_verifications VALUES ('live, proves the address', '', now() - interval '3 years', now(), false), ('live, pinned', '', now() - interval '3 years', NULL, true),
			('dead', '', now() - interval '3 years', NULL, false)`)
	file := Environ(suggested(t, conn))
	require.Contains(t, file, "# public.user_recovery_codes: looks like tokens, but no column says when a row is dead")
	live := count(t, conn, "live")
	require.Equal(t, 4, live)
	purged(t, url, variables(file, true))
	require.Equal(t, live, count(t, conn, "live"), file)
	require.Zero(t, count(t, conn, "dead"), file)
	require.Equal(t, 2, strings.Count(file, "_NAME=public.email_verifications\n"), "an entry for each column that keeps rows\n"+file)
}
