package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault85SettingsForTheApplicationDoNotDisturbAReplica(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, value := range map[string]string{
		"idle_session_timeout": "1s", "idle_in_transaction_session_timeout": "1s", "transaction_timeout": "1s",
		"lock_timeout": "1ms", "default_transaction_isolation": "serializable", "default_transaction_deferrable": "on",
		"client_encoding": "LATIN1", "standard_conforming_strings": "off", "DateStyle": "German",
	} {
		if f.number(`SELECT count(*) FROM pg_settings WHERE name = $1`, name) == 1 {
			f.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ` + name + ` = %L', current_database(), '` + value + `'); END $$`)
		}
	}
	f.exec(`REVOKE CREATE ON SCHEMA public FROM PUBLIC`) // which 14 grants, and is warned of
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 20000)`)
	f.pool.Reset()
	stop := f.start()
	f.logged("replica started")
	f.await(f.insert(`{}`), "completed")
	// A replica is idle for longer than a session may be, four times.
	idle := time.Now()
	require.Eventually(t, func() bool { return time.Since(idle) > 4500*time.Millisecond }, 10*time.Second, 100*time.Millisecond)
	f.await(f.insert(`{"reason":"\u00e4"}`), "completed")
	require.NoError(t, stop())
	require.NotContains(t, f.log.String(), `"level":"WARN"`)
	require.NotContains(t, f.log.String(), `"level":"ERROR"`)
	require.Zero(t, f.number(`SELECT count(*) FROM refresh_tokens`))
}
