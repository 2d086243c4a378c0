package watch

import (
	"cmp"
	"slices"
	"strings"
)

// Share is how often the replica's sessions were found in a transaction at a statement.
type Share struct {
	Query   string
	Samples int64
	Flushes int64 // of these samples, when it waited for the write-ahead log
}

// Shares are those of all statements.
type Shares map[string]*Share

func (s Shares) add(query string, flushes bool) {
	query = strings.Join(strings.Fields(query), " ")
	share, known := s[query]
	if !known {
		share = &Share{Query: query}
		s[query] = share
	}
	share.Samples++
	if flushes {
		share.Flushes++
	}
}

// Largest are the shares in the order of their size.
func (s Shares) Largest() []Share {
	var all []Share
	for _, share := range s {
		all = append(all, *share)
	}
	slices.SortFunc(all, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Samples, a.Samples), cmp.Compare(a.Query, b.Query)) })
	return all
}
