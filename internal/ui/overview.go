package ui

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"time"
)

//go:embed templates static
var files embed.FS

// view is what the template is given.
type view struct {
	overview
	Verdict   verdict
	Chart     chart
	Progress  progress
	Notice    string
	MayChange bool
	Names     []string // of tables
	Version   string
	Failed    string // why nothing can be shown
}

// overview answers with the page.
func (p *Page) overview(w http.ResponseWriter, req *http.Request) {
	seen, err := p.current(req.Context())
	v := view{
		overview: seen, Notice: notice(req.URL.Query().Get("done")),
		MayChange: p.Password != "", Names: p.Tables, Version: p.Version,
	}
	status := http.StatusOK
	if err != nil {
		p.Log.Debug("page cannot be filled", "error", err)
		status = http.StatusServiceUnavailable
		v.Failed = explain(err)
		v.Verdict = bad("%s", v.Failed)
	} else {
		v.Verdict = seen.judge()
		v.Chart = draw(seen.Days)
		v.Progress = progressOf(seen.AtWork)
	}
	var page bytes.Buffer
	if err := p.template().Execute(&page, v); err != nil {
		p.Log.Error("page is not shown", "error", err)
		http.Error(w, "The page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // an error means that the client is gone
}

func (p *Page) template() *template.Template {
	functions := template.FuncMap{
		"text": text, "clock": clock, "between": between, "count": count, "state": stateOf, "rows": rows,
		"hour": hour, "asker": asker, "waits": waitsFor, "tables": tables,
		"named": func(name string) bool { return slices.Contains(p.Tables, name) },
		"clean": func(s string) string { return text(&s) },
		"span":  func(took *time.Duration) string { return span(*took) },
		"iso":   func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
	}
	return template.Must(template.New("overview.html").Funcs(functions).ParseFS(files, "templates/overview.html"))
}

// static serves the style, the script and the icon.
func static() http.Handler {
	sub, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // it is embedded
	}
	return http.StripPrefix("/static/", http.FileServerFS(sub))
}
