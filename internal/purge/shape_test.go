package purge

import "time"

// shapes are tables of every kind of predicate.
var shapes = map[string]Table{
	"expires and revoked":  {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "revoked"}}},
	"done at":              {Name: "t", Rules: []Rule{{Done: "used_at", KeepDone: time.Hour}}},
	"revoked only":         {Name: "t", Rules: []Rule{{Done: "revoked"}}},
	"without zone":         {Name: "t", Rules: []Rule{{Expires: []string{"local"}, Done: "revoked", ExpiresZone: "Europe/Berlin", DoneZone: "Europe/Berlin"}}},
	"without zone, in UTC": {Name: "t", Rules: []Rule{{Expires: []string{"local"}, ExpiresZone: "UTC", DoneZone: "UTC"}}},
	"kept until expired":   {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "revoked", KeepDoneUntilExpired: true}}},
	"the latest of two":    {Name: "t", Rules: []Rule{{Expires: []string{"expires_at", "absolute"}}}},
	"a day":                {Name: "t", Rules: []Rule{{Expires: []string{"day"}, Done: "used_at"}}},
	"seconds since 1970":   {Name: "t", Rules: []Rule{{Expires: []string{"epoch"}, ExpiresUnit: Seconds}}},
	"its own lifetime":     {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Lifetime: "seconds", Done: "used_at", KeepDone: time.Hour}}},
	"values, since":        {Name: "t", Rules: []Rule{{Done: "word", DoneValues: []string{"used", "revoked"}, DoneSince: "used_at", KeepDone: time.Hour}}},
	"two rules, one kept": {Name: "t", Rules: []Rule{
		{Expires: []string{"expires_at"}, Only: "word", OnlyValues: []string{"session", "null"}, Keep: "kept"},
		{Expires: []string{"expires_at"}, Lifetime: "lasting", KeepExpired: time.Hour},
	}},
	"an enum's values":         {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "status", DoneValues: []string{"used", "revoked"}}}},
	"a number's values":        {Name: "t", Rules: []Rule{{Done: "code", DoneValues: []string{"-1", "2"}}}},
	"a boolean that is false":  {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "active", DoneValues: []string{"false"}}}},
	"false, since":             {Name: "t", Rules: []Rule{{Done: "active", DoneValues: []string{"false"}, DoneSince: "epoch", DoneUnit: Seconds, KeepDone: time.Hour}}},
	"milliseconds since 1970":  {Name: "t", Rules: []Rule{{Expires: []string{"millis"}, ExpiresUnit: Milliseconds, KeepExpired: time.Hour}}},
	"done at a second":         {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "epoch", DoneUnit: Seconds, KeepDone: time.Hour}}},
	"done at a millisecond":    {Name: "t", Rules: []Rule{{Done: "millis", DoneUnit: Milliseconds}}},
	"kept by a value":          {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Keep: "revoked", KeepValues: []string{"false"}}}},
	"kept by any value":        {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Keep: "word", KeepValues: []string{"*"}}}},
	"kept by an enum, or none": {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Keep: "status", KeepValues: []string{"active", "null"}}}},
	"kept in whatever case":    {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Keep: "folded", KeepValues: []string{"Paid"}}}},
	"kept until a time":        {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Keep: "used_at"}}},
	"kept until a local time":  {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, ExpiresZone: "Europe/Berlin", Keep: "local"}}},
	"kept until a millisecond": {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, ExpiresUnit: Milliseconds, Keep: "millis"}}},
	"only where false":         {Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Only: "active", OnlyValues: []string{"false"}}}},
	"a numeric":                {Name: "t", Rules: []Rule{{Expires: []string{"fraction"}, ExpiresUnit: Seconds}}},
	"done at a numeric":        {Name: "t", Rules: []Rule{{Done: "fraction", DoneUnit: Milliseconds}}},
	"a numeric's values":       {Name: "t", Rules: []Rule{{Done: "fraction", DoneValues: []string{"1", "2.5"}}}},
	"odd names, own schema":    {Schema: "My Schema", Name: `Refresh"Token`, Rules: []Rule{{Expires: []string{"expiresAt"}, Done: `re"voked`}}},
}

// swept are the shapes that no index serves.
var swept = map[string]bool{"a numeric": true, "done at a numeric": true, "a numeric's values": true, "an enum's values": true}

// shapeColumns are those that the shapes name.
func shapeColumns() map[string]column {
	columns := map[string]column{}
	for name, kind := range map[string]columnKind{
		"expires_at": timestampWithZone, "absolute": timestampWithZone, "used_at": timestampWithZone, "local": timestampWithoutZone,
		"revoked": boolean, "expiresAt": timestampWithZone, `re"voked`: boolean,
		"day": date, "epoch": integer, "lasting": span, "seconds": integer, "word": textual, "kept": boolean,
		"active": boolean, "code": integer, "millis": integer, "fraction": decimal,
	} {
		columns[name] = column{name: name, kind: kind, notNull: name == "absolute", typeName: "text"}
	}
	columns["folded"] = column{name: "folded", kind: textual, typeName: "public.citext", foldsCase: true}
	columns["status"] = column{name: "status", kind: enumerated, typeName: `public."Status"`, labels: []string{"active", "used", "revoked"}}
	return columns
}
