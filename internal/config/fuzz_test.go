package config_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
)

// FuzzLoad sets one variable to anything, and the password to anything around a canary.
func FuzzLoad(f *testing.F) {
	f.Add(uint8(0), "0 3 * * *", "@h/", "@", "")
	f.Add(uint8(4), "a.b", "?x=", "#", "db@x")
	f.Add(uint8(9), "\n", "%", "'", ":5432")
	f.Fuzz(func(t *testing.T, which uint8, value, before, after, host string) {
		var names []string
		for _, v := range config.Variables() {
			if v.Name != "DATABASE_URL" && v.Name != "DATABASE_URL_FILE" { // a device may have no end
				names = append(names, strings.Replace(v.Name, "<n>", "0", 1))
			}
		}
		names = append(names, "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGOPTIONS", "SILTGATE_"+value)
		if strings.Contains(value+before+after+host, canary) || strings.Contains(host, "=") {
			t.Skip()
		}
		secret := before + canary + after
		variable := names[int(which)%len(names)] + "=" + value
		for _, database := range []string{
			"DATABASE_URL=postgres://app:" + secret + "@db" + host + "/auth",
			"DATABASE_URL=postgres://app@db" + host,
			"DATABASE_URL=host='db' password='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(secret) + "' port=1",
			"PGHOST=db" + host,
		} {
			environ := []string{database, "PGPASSWORD=" + secret, variable}
			require.NotContains(t, everythingPrinted(environ), canary, "%q", environ)
			_, err := config.Load(environ)
			if problems, ok := errors.AsType[config.Problems](err); ok {
				lines := strings.Split(err.Error(), "\n")
				require.Len(t, lines, len(problems))
				require.False(t, strings.ContainsFunc(strings.Join(lines, ""), unicode.IsControl), "%q", err.Error())
			} else {
				require.NoError(t, err)
			}
		}
	})
}
