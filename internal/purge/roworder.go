package purge

import (
	"cmp"
	"slices"
)

// reference says that one row refers to another, which may be deleted only with it or after it. A soft
// reference is set to NULL when the other row is deleted: it keeps nothing, but there is less to do if
// the referring row is deleted first.
type reference struct {
	referred, referrer rowID
	soft               bool
}

// order arranges dead rows so that each one comes after those that refer to it. Rows that refer to each
// other in a circle can only be deleted together: they come last, a list for each circle. It leaves out
// rows to which a live row refers, directly or through others, and returns their number as kept. The
// dead rows must be sorted and without duplicates.
func order(dead rowList, references []reference) (ordered rowList, circles []rowList, kept int64) {
	slices.SortFunc(references, func(a, b reference) int {
		return cmp.Or(cmp.Compare(a.referrer, b.referrer), cmp.Compare(a.referred, b.referred))
	})
	g := graph{dead: dead, references: references, waitsFor: make([]int32, len(dead))}
	kept = g.keep()
	g.count()
	return g.peel(), g.circles(), kept
}

// graph is dead rows and who refers to whom.
type graph struct {
	dead       rowList
	references []reference // by the row that refers

	// waitsFor is how many rows that refer to a dead row must be deleted before it. It is stays
	// for a row that cannot be deleted.
	waitsFor []int32
}

// stays marks a row to which a live row refers, directly or through others.
const stays = -1

// place is where a row is among the dead ones.
func (g graph) place(id rowID) (int, bool) { return slices.BinarySearch(g.dead, id) }

// from are a row's references to others.
func (g graph) from(id rowID) []reference {
	first, _ := slices.BinarySearchFunc(g.references, id, func(r reference, id rowID) int { return cmp.Compare(r.referrer, id) })
	last := first
	for last < len(g.references) && g.references[last].referrer == id {
		last++
	}
	return g.references[first:last]
}

// keep marks the rows to which live rows refer, and those to which these refer, and counts them.
func (g graph) keep() int64 {
	var kept int64
	var next rowList
	mark := func(r reference) {
		if i, ok := g.place(r.referred); ok && !r.soft && g.waitsFor[i] != stays {
			g.waitsFor[i] = stays
			next = append(next, r.referred)
		}
	}
	for _, r := range g.references {
		if _, ok := g.place(r.referrer); !ok {
			mark(r)
		}
	}
	for ; len(next) > 0; kept++ {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		for _, r := range g.from(id) {
			mark(r)
		}
	}
	return kept
}

// count counts for each row that can be deleted how many must be deleted before it.
func (g graph) count() {
	for _, r := range g.references {
		referrer, isDead := g.place(r.referrer)
		i, ok := g.place(r.referred)
		if ok && isDead && i != referrer && g.waitsFor[i] != stays && g.waitsFor[referrer] != stays {
			g.waitsFor[i]++
		}
	}
}

// peel takes the rows that nobody refers to, then those that only these refer to, and so on.
func (g graph) peel() rowList {
	var ordered rowList
	for i, id := range g.dead {
		if g.waitsFor[i] == 0 {
			ordered = append(ordered, id)
		}
	}
	for next := 0; next < len(ordered); next++ {
		for _, r := range g.from(ordered[next]) {
			if i, ok := g.place(r.referred); ok && g.waitsFor[i] > 0 {
				if g.waitsFor[i]--; g.waitsFor[i] == 0 {
					ordered = append(ordered, r.referred)
				}
			}
		}
	}
	return ordered
}

// circles takes the rows that are left: those in circles, and those to which a circle refers. A list
// that is found later may refer to an earlier one, so it comes first.
func (g graph) circles() []rowList {
	var circles []rowList
	for i, id := range g.dead {
		if g.waitsFor[i] <= 0 {
			continue
		}
		g.waitsFor[i] = 0
		circle := rowList{id}
		for next := 0; next < len(circle); next++ {
			for _, r := range g.from(circle[next]) {
				if i, ok := g.place(r.referred); ok && g.waitsFor[i] > 0 {
					g.waitsFor[i] = 0
					circle = append(circle, r.referred)
				}
			}
		}
		circles = append(circles, circle)
	}
	slices.Reverse(circles)
	return circles
}
