package jobs_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/golden"
	"github.com/siltgate/siltgate/jobs"
)

// The schemas are written from the Go types, field by field, with their comments. So a field of
// either is one of the other. go test ./jobs -update writes them.
func TestTheSchemasAreThoseOfTheTypes(t *testing.T) {
	t.Parallel()
	source := parseSource(t)
	golden.Equal(t, "schema/args.json", source.schema(t, "The arguments of a run", reflect.TypeFor[jobs.TokenCleanupArgs]()))
	golden.Equal(t, "schema/output.json", source.schema(t, "What a run records as its output", reflect.TypeFor[jobs.Result]()))
}

// The glossary says what each of these words means: no other field has it in its name.
func TestAWordOfTheGlossaryNamesOneFieldOfTheResult(t *testing.T) {
	t.Parallel()
	names := slices.Collect(maps.Keys(parseSource(t).node(t, reflect.TypeFor[jobs.TableResult]()).Properties))
	for _, word := range []string{"found", "estimate", "deleted", "locked", "referenced", "undeletable"} {
		with := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !strings.Contains(name, word) })
		require.Equal(t, []string{word}, with)
	}
}

// node is a JSON Schema, in the order in which it is written.
type node struct {
	Schema      string          `json:"$schema,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Type        string          `json:"type,omitempty"`
	Format      string          `json:"format,omitempty"`
	Enum        []string        `json:"enum,omitempty"`
	MaxLength   int             `json:"maxLength,omitempty"`
	Items       *node           `json:"items,omitempty"`
	Properties  map[string]node `json:"properties,omitempty"`
	Required    []string        `json:"required,omitempty"`
	Additional  *bool           `json:"additionalProperties,omitempty"`
}

// source is the package's source: the comments of fields, by type and field, and the values of
// constants, by type.
type source struct {
	files    *token.FileSet
	comments map[string]string
	values   map[string][]string
}

func parseSource(t *testing.T) source {
	t.Helper()
	s := source{files: token.NewFileSet(), comments: map[string]string{}, values: map[string][]string{}}
	for _, file := range []string{"token_cleanup.go", "result.go"} {
		parsed, err := parser.ParseFile(s.files, file, nil, parser.ParseComments)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch spec := n.(type) {
			case *ast.TypeSpec:
				s.fields(spec)
			case *ast.ValueSpec:
				s.constant(t, spec)
			}
			return true
		})
	}
	return s
}

// fields keeps the comments of a type's fields. A comment is also that of the fields on the lines
// right below, which have none of their own.
func (s source) fields(spec *ast.TypeSpec) {
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	comment, line := "", 0
	for _, field := range fields.Fields.List {
		switch {
		case field.Doc != nil:
			comment = strings.Join(strings.Fields(field.Doc.Text()), " ")
		case s.files.Position(field.Pos()).Line != line+1:
			comment = ""
		}
		line = s.files.Position(field.End()).Line
		for _, name := range field.Names {
			s.comments[spec.Name.Name+"."+name.Name] = comment
		}
	}
}

// constant keeps a value of a type that has named ones.
func (s source) constant(t *testing.T, spec *ast.ValueSpec) {
	t.Helper()
	named, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) == 0 {
		return
	}
	if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
		value, err := strconv.Unquote(literal.Value)
		require.NoError(t, err)
		s.values[named.Name] = append(s.values[named.Name], value)
	}
}

func (s source) schema(t *testing.T, title string, of reflect.Type) string {
	t.Helper()
	root := s.node(t, of)
	if of == reflect.TypeFor[jobs.TokenCleanupArgs]() {
		// An argument that Siltgate does not know ends the run; an output may gain fields.
		root.Additional = new(bool)
		for _, text := range []string{"requested_by", "reason"} {
			property := root.Properties[text]
			property.MaxLength = jobs.MaxTextLength
			root.Properties[text] = property
		}
	}
	root.Schema, root.Title = "https://json-schema.org/draft/2020-12/schema", title
	encoded, err := json.MarshalIndent(root, "", "  ")
	require.NoError(t, err)
	return string(encoded) + "\n"
}

func (s source) node(t *testing.T, of reflect.Type) node {
	t.Helper()
	switch {
	case of == reflect.TypeFor[time.Time]():
		return node{Type: "string", Format: "date-time"}
	case of == reflect.TypeFor[json.RawMessage]():
		return node{}
	case of.Kind() == reflect.Pointer:
		return s.node(t, of.Elem())
	case of.Kind() == reflect.Slice:
		items := s.node(t, of.Elem())
		return node{Type: "array", Items: &items}
	case of.Kind() == reflect.Struct:
		return s.object(t, of)
	case of.Kind() == reflect.String:
		return node{Type: "string", Enum: s.values[of.Name()]}
	case of.Kind() == reflect.Bool:
		return node{Type: "boolean"}
	case of.Kind() == reflect.Float64:
		return node{Type: "number"}
	}
	require.Contains(t, []reflect.Kind{reflect.Int, reflect.Int64}, of.Kind(), of)
	return node{Type: "integer"}
}

func (s source) object(t *testing.T, of reflect.Type) node {
	t.Helper()
	object := node{Type: "object", Properties: map[string]node{}}
	var names []string // as Go has it, then as JSON
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		require.NotEmpty(t, name, field.Name)
		names = append(names, field.Name, name)
	}
	for field := range of.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		property := s.node(t, field.Type)
		property.Description = renamed(s.comments[of.Name()+"."+field.Name], names)
		object.Properties[name] = property
		if options == "" {
			object.Required = append(object.Required, name)
		}
	}
	slices.Sort(object.Required)
	return object
}

// renamed is a comment with the names of JSON in place of Go's, and constants by their values.
func renamed(comment string, names []string) string {
	for pair := range slices.Chunk(names, 2) {
		comment = regexp.MustCompile(`\b`+pair[0]+`\b`).ReplaceAllString(comment, pair[1])
	}
	return strings.NewReplacer("MaxTextLength", strconv.Itoa(jobs.MaxTextLength), "MaxNameBytes", strconv.Itoa(jobs.MaxNameBytes)).Replace(comment)
}

// functionArguments are the names and types of the SQL function's arguments.
func functionArguments(t *testing.T) map[string]string {
	t.Helper()
	pool, closeAll := open(t.Context())
	defer closeAll()
	arguments := map[string]string{}
	var name, kind string
	rows, err := pool.Query(t.Context(), `
		SELECT name, format_type(kind, NULL)
		FROM pg_proc, unnest(proargnames, proargtypes::oid[]) AS a (name, kind)
		WHERE oid = 'siltgate.enqueue_token_cleanup'::regproc`)
	require.NoError(t, err)
	_, err = pgx.ForEachRow(rows, []any{&name, &kind}, func() error {
		arguments[name] = kind
		return nil
	})
	require.NoError(t, err)
	return arguments
}

// An argument is one of the SQL function and one of the schema, but for the tick, which is the
// schedule's own.
func TestTheArgumentsOfTheSchemaAreThoseOfTheFunction(t *testing.T) {
	t.Parallel()
	object := parseSource(t).node(t, reflect.TypeFor[jobs.TokenCleanupArgs]())
	want := map[string]string{}
	for name, property := range object.Properties {
		want[name] = map[string]string{"string": "text", "boolean": "boolean", "array": "text[]"}[property.Type]
	}
	delete(want, "tick")
	require.Equal(t, want, functionArguments(t))
	require.NotContains(t, slices.Collect(maps.Values(want)), "")
}
