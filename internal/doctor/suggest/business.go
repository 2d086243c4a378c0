package suggest

import (
	"slices"
	"strings"
)

// isBusiness reports whether a table is one of the business, although its name has a word of tokens or sessions
// in it: somebody would miss its rows.
func (t Table) isBusiness() bool {
	return t.isThing() || t.isLasting() || t.isFactor() || t.has(Column.isBusiness)
}

// isThing reports whether a table's name has the name of a thing of a business in it, whatever comes after that: order_tokens,
// study_sessions.
func (t Table) isThing() bool {
	return hasWord(t.Name,
		"product", "products", "coupon", "coupons", "voucher", "vouchers", "gift", "order", "orders", "invoice", "invoices", "payment", "payments", "card", "cards",
		"wallet", "wallets", "billing", "checkout", "cart", "carts", "purchase", "purchases", "subscription", "subscriptions", "contract", "contracts", "license",
		"licenses", "licence", "licences", "certificate", "certificates", "booking", "bookings", "reservation", "reservations", "appointment", "appointments",
		"shipment", "shipments", "membership", "memberships", "crypto", "nft", "coin", "vesting", "staking", "sale", "sales", "price", "prices",
		"conference", "training", "event", "events", "class", "course", "meeting", "workshop", "exam", "quiz", "lesson", "lessons", "study", "reading", "practice", "interview",
		"interviews", "coaching", "therapy", "tutoring", "workout", "workouts", "game", "match", "chat", "vote", "votes", "voting", "poll", "polls", "survey",
		"surveys", "photo", "recording", "recordings", "document", "documents", "kyc", "employment",
		"parking", "charging", "telemetry", "measurement", "measurements", "sensor", "sensors", "analytics", "tracking", "visit", "visits", "visitor", "visitors",
		"audit", "audits", "design", "usage", "signing", "encryption", "jwk", "jwks",
	)
}

// isLasting reports whether the end of a table's name says that its rows are people, programs, what these have for
// good, or a record of what happened.
func (t Table) isLasting() bool {
	name := letters(t.Name)
	return slices.ContainsFunc([]string{
		"user", "account", "client", "application", "device", "factor", "authenticator", "credential", "passkey", "secret", "provider", "issuer",
		"policy", "scope", "attribute", "setting", "log", "report", "archive",
	}, func(word string) bool { return strings.HasSuffix(name, word) || strings.HasSuffix(name, word+"s") }) ||
		strings.HasSuffix(name, "history") || strings.HasSuffix(name, "policies")
}

// isFactor reports whether a row is somebody's second factor, and not a code that it made.
func (t Table) isFactor() bool {
	return hasWord(t.Name, "totp", "hotp") || hasWord(t.Name, "otp", "otps") && hasWord(t.Name, "key", "keys", "seed", "seeds")
}

// isBusiness reports whether no token or session has such a column.
func (c Column) isBusiness() bool {
	return hasWord(c.Name, "amount", "price", "currency", "quantity", "qty", "sku", "invoice", "title", "speaker", "topic", "score", "rating", "notes", "messages",
		"prompt", "transcript", "conversation", "referrer", "utm", "pageviews", "kwh", "temperature", "latitude", "longitude", "seats")
}
