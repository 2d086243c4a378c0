package doctor

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// texts are the reasons that the doctor gave, of which the source has the parts.
type texts struct {
	mu    sync.Mutex
	tried int
	well  []string // with the status ok
	ill   []string // of what was mended
}

func (x *texts) hear(r Report) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range r.Checks {
		if c.Status == OK {
			x.well = append(x.well, c.Reason)
		}
	}
}

func (x *texts) mend(r Report, found Check) {
	x.hear(r)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tried++
	x.ill = append(append(x.ill, found.Reason, found.Remedy), found.SQL...)
}

// requireComplete fails the test if the source has a reason that was given of nothing that was mended, nor of
// what is well.
func (x *texts) requireComplete(t *testing.T) {
	t.Helper()
	given := strings.Join(x.ill, "\n") + "\n" + strings.Join(x.well, "\n")
	parts := partsOf(t, ".", "doctor", "Reason", "")
	require.Greater(t, len(parts), 60, "the source is not read as it should be")
	problems := partsOf(t, "../purge", "purge", "Problem", "refuse")
	require.Greater(t, len(problems), 50, "the source is not read as it should be")
	var untried []string
	for _, part := range append(parts, problems...) {
		if !strings.Contains(given, part) && !slices.ContainsFunc(elsewhere, func(some string) bool { return strings.Contains(part, some) }) {
			untried = append(untried, part)
		}
	}
	require.Empty(t, untried, "no ailment has these")
}

// elsewhere are parts of what is found on servers that this test may not have: with Citus, before Postgres 15 or from
// 18 on. The tests of internal/purge have them.
var elsewhere = []string{"is distributed by Citus", "purge it there", "its replica identity has a generated column", "row filter of publication"}

// partsOf are the longest constant parts of all texts that a package's source puts into a field, or gives to a
// function.
func partsOf(t *testing.T, directory, name, field, function string) []string {
	t.Helper()
	files := token.NewFileSet()
	source, err := parser.ParseDir(files, directory, func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }, 0) //nolint:staticcheck // there are no build tags
	require.NoError(t, err)
	var parts []string
	collect := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			longest := ""
			for _, part := range regexp.MustCompile(`%[0-9.]*[a-z]`).Split(text, -1) {
				if len(part) > len(longest) {
					longest = part
				}
			}
			const least = 6
			if len(longest) >= least {
				parts = append(parts, longest)
			}
			return true
		})
	}
	ast.Inspect(source[name], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == field {
				collect(n.Value)
			}
		case *ast.CallExpr:
			if called := types.ExprString(n.Fun); called == function || strings.HasSuffix(called, "."+function) {
				for _, arg := range n.Args {
					collect(arg)
				}
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if selector, ok := left.(*ast.SelectorExpr); ok && selector.Sel.Name == field {
					collect(n.Rhs[min(i, len(n.Rhs)-1)])
				}
			}
		}
		return true
	})
	return parts
}
