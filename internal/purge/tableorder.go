package purge

import (
	"context"
	"maps"
	"slices"
)

// childrenFirst are the run's tables in the order in which it works on them: as they are configured, but each
// table after those whose rows refer to its own. So the dead rows that keep others go before these, in the same run.
// Tables that refer to each other in a circle stay in the order of the configuration.
func (r *slice) childrenFirst(ctx context.Context) ([]Table, error) {
	if len(r.Tables) < 2 {
		return r.Tables, nil
	}
	places, err := r.places(ctx)
	var keys []Key
	if err == nil {
		keys, err = r.Session.catalog().keysTo(ctx, slices.Sorted(maps.Keys(places)))
	}
	if isHindered(err) {
		return r.Tables, nil // what another order leaves is the next run's
	}
	if err != nil {
		return nil, err
	}
	children := make([][]int, len(r.Tables))
	for _, k := range keys {
		from, refers := places[k.From]
		to, referred := places[k.To]
		if refers && referred && from != to {
			children[to] = append(children[to], from)
		}
	}
	var arranged []Table
	for _, i := range inSequence(children) {
		arranged = append(arranged, r.Tables[i])
	}
	return arranged, nil
}

// places are the indexes of the run's tables by their OIDs, and for a pattern those of all tables that it
// matches.
func (r *slice) places(ctx context.Context) (map[uint32]int, error) {
	places := map[uint32]int{}
	var named []Table
	var at []int
	for i, t := range r.Tables {
		if !t.IsPattern() {
			named, at = append(named, t), append(at, i)
			continue
		}
		matches, err := r.matchedBy(ctx, t)
		if err != nil {
			return nil, err
		}
		for _, m := range matches {
			places[m.oid] = i
		}
	}
	oids, err := r.Session.catalog().resolve(ctx, named)
	for n, oid := range oids {
		places[oid] = at[n]
	}
	delete(places, 0) // those that do not exist
	return places, err
}

// inSequence arranges indexes so that each one comes after its children and theirs. Those of a circle keep their order.
func inSequence(children [][]int) []int {
	below := make([]map[int]bool, len(children))
	for i := range children {
		below[i] = map[int]bool{}
		for open := slices.Clone(children[i]); len(open) > 0; open = open[1:] {
			if child := open[0]; !below[i][child] {
				below[i][child] = true
				open = append(open, children[child]...)
			}
		}
	}
	var all []int
	placed := make([]bool, len(children))
	var place func(i int)
	place = func(i int) {
		placed[i] = true
		for child := range children {
			if !placed[child] && below[i][child] && !below[child][i] {
				place(child)
			}
		}
		all = append(all, i)
	}
	for i := range children {
		if !placed[i] {
			place(i)
		}
	}
	return all
}
