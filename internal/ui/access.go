package ui

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// access decides who may see the page, and who may change something through it.
type access struct {
	host           string // that the page is served on; empty or an address of all interfaces for any
	user, password [sha256.Size]byte
	hasPassword    bool
	wrongPasswords *wrongPasswords
	log            *slog.Logger
}

func newAccess(addr, user, password string, log *slog.Logger) *access {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	return &access{
		host: host, user: sha256.Sum256([]byte(user)), password: sha256.Sum256([]byte(password)),
		hasPassword: password != "", wrongPasswords: newWrongPasswords(time.Now), log: log,
	}
}

// guard refuses requests that may not be made, and passes the others on.
func (a *access) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		protect(w.Header(), strings.HasPrefix(req.URL.Path, riverPrefix+"/"))
		if a.hasPassword {
			if !a.admit(w, req) {
				return
			}
		} else if !a.isOurHost(req.Host) {
			// Another site may point its own name at this address, so that its scripts could read
			// the page.
			refuse(w, http.StatusMisdirectedRequest, "This page is not served under this name. Without SILTGATE_UI_PASSWORD it is at http://localhost only.")
			return
		}
		if changes := req.Method != http.MethodGet && req.Method != http.MethodHead; changes {
			switch {
			case !a.hasPassword:
				refuse(w, http.StatusForbidden, "Without SILTGATE_UI_PASSWORD this page only shows and changes nothing.")
				return
			case !isSameOrigin(req):
				a.log.Warn("request refused: it does not come from the page itself",
					"path", req.URL.Path, "origin", req.Header.Get("Origin"), "site", req.Header.Get("Sec-Fetch-Site"))
				refuse(w, http.StatusForbidden, "This request does not come from this page.")
				return
			}
		}
		req.Body = http.MaxBytesReader(w, req.Body, mostBody)
		next.ServeHTTP(w, req)
	})
}

// admit asks for the password, and answers the request if the password is not given.
func (a *access) admit(w http.ResponseWriter, req *http.Request) bool {
	user, password, given := req.BasicAuth()
	from := clientOf(req.RemoteAddr)
	if given {
		if wait := a.wrongPasswords.wait(from); wait > 0 {
			seconds := strconv.FormatFloat(math.Ceil(wait.Seconds()), 'f', 0, 64)
			w.Header().Set("Retry-After", seconds)
			refuse(w, http.StatusTooManyRequests, "Too many wrong passwords. Try again in "+seconds+" seconds.")
			return false
		}
		// Neither the answer nor its time tells whether the user or the password is wrong, nor how
		// long either is.
		userSum, passwordSum := sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))
		if subtle.ConstantTimeCompare(userSum[:], a.user[:])&subtle.ConstantTimeCompare(passwordSum[:], a.password[:]) == 1 {
			a.wrongPasswords.forget(from)
			return true
		}
		if a.wrongPasswords.add(from) {
			a.log.Warn("too many wrong passwords: no more of them are looked at for a while", "from", from.String(), "at_most", failureWindow)
		}
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="Siltgate", charset="UTF-8"`)
	refuse(w, http.StatusUnauthorized, "This page needs SILTGATE_UI_USER and SILTGATE_UI_PASSWORD.")
	return false
}

// isOurHost reports whether a request names this machine, or the host that the page is served on.
func (a *access) isOurHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost") || host != "" && strings.EqualFold(host, a.host)
}

// isSameOrigin reports whether a browser says that the page itself sent the request. A browser
// that does not say it in the one header says it in the other, which no script can set.
func isSameOrigin(req *http.Request) bool {
	if site := req.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	origin, err := url.Parse(req.Header.Get("Origin"))
	return err == nil && origin.Host != "" && strings.EqualFold(origin.Host, req.Host)
}

// clientOf is the address that counts as one client. For IPv6 it is a network, because a customer
// has a whole one.
func clientOf(remote string) netip.Addr {
	port, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	ip := port.Addr().Unmap().WithZone("")
	if ip.Is6() {
		if network, err := ip.Prefix(64); err == nil {
			return network.Masked().Addr()
		}
	}
	return ip
}

// protect tells a browser what the page may load, and that no other site may show it within its own.
func protect(header http.Header, river bool) {
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if river {
		// River UI sets styles of elements, and makes functions that check what it has fetched.
		policy = "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
			"object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	}
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
}

func refuse(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(sentence + "\n")) // an error means that the client is gone
}
