package ui

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/siltgate/siltgate/jobs"
)

// actionTimeout bounds what a button does.
const actionTimeout = 5 * time.Second

// form passes a request on only if the whole form could be read. What got lost may have said that a run is to
// delete nothing, or how long a pause is to last.
func form(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		kind, _, _ := strings.Cut(req.Header.Get("Content-Type"), ";")
		isForm := strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded")
		if !isForm && req.ContentLength != 0 || req.ParseForm() != nil {
			refuse(w, http.StatusBadRequest, "Want a form as this page sends it, of at most 64 KiB.")
			return
		}
		next(w, req)
	}
}

// Each of these functions does what a button of the page asks for. The request has passed the
// rules.

func (p *Page) run(w http.ResponseWriter, req *http.Request) {
	if !slices.Contains([]string{"dry", "run", "confirm"}, req.FormValue("what")) {
		refuse(w, http.StatusBadRequest, "Want what to do: dry, run or confirm.")
		return
	}
	args := jobs.TokenCleanupArgs{
		DryRun:      req.FormValue("what") == "dry",
		Confirm:     req.FormValue("what") == "confirm",
		FullSpeed:   req.FormValue("full_speed") != "",
		RequestedBy: p.requester(),
		Reason:      strings.TrimSpace(req.FormValue("reason")),
	}
	if table := req.FormValue("table"); table != "" {
		if !slices.Contains(p.Tables, table) {
			refuse(w, http.StatusBadRequest, "That table is not configured.")
			return
		}
		args.Tables = []string{table}
	}
	if args.Confirm && (req.FormValue("confirm") == "" || args.Tables == nil) {
		refuse(w, http.StatusBadRequest, "Confirm the rule of one table, by its checkbox.")
		return
	}
	p.act(w, req, func(ctx context.Context) (string, error) {
		id, err := jobs.EnqueueIn(ctx, p.pool, p.Schema, args)
		if args.DryRun {
			return fmt.Sprintf("dry-%d", id), err
		}
		return fmt.Sprintf("run-%d", id), err
	})
}

func (p *Page) pause(w http.ResponseWriter, req *http.Request) {
	args := jobs.PauseArgs{RequestedBy: p.requester(), Reason: strings.TrimSpace(req.FormValue("reason"))}
	if lasting := req.FormValue("for"); lasting != "" {
		var err error
		if args.For, err = time.ParseDuration(lasting); err != nil || args.For <= 0 {
			refuse(w, http.StatusBadRequest, "Want how long to pause, such as 2h.")
			return
		}
	}
	p.act(w, req, func(ctx context.Context) (string, error) {
		_, err := jobs.PauseIn(ctx, p.pool, p.Schema, args)
		return "paused", err
	})
}

func (p *Page) resume(w http.ResponseWriter, req *http.Request) {
	p.act(w, req, func(ctx context.Context) (string, error) {
		_, err := jobs.ResumeIn(ctx, p.pool, p.Schema)
		return "resumed", err
	})
}

func (p *Page) cancel(w http.ResponseWriter, req *http.Request) {
	id, err := strconv.ParseInt(req.FormValue("id"), 10, 64)
	if err != nil {
		refuse(w, http.StatusBadRequest, "Want the id of a run.")
		return
	}
	p.act(w, req, func(ctx context.Context) (string, error) {
		ended, err := jobs.CancelIn(ctx, p.pool, p.Schema, id)
		if err == nil && !ended {
			return fmt.Sprintf("over-%d", id), nil
		}
		return fmt.Sprintf("cancelled-%d", id), err
	})
}

// act does what was asked for and shows the page again, with a sentence about it.
func (p *Page) act(w http.ResponseWriter, req *http.Request, do func(context.Context) (done string, err error)) {
	// An action goes on when the browser has gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), actionTimeout)
	defer cancel()
	done, err := do(ctx)
	p.forget()
	if err != nil {
		p.Log.Warn("button did not do what it should", "path", req.URL.Path, "error", err)
		said := err.Error()
		refuse(w, http.StatusBadGateway, "It did not work: "+text(&said))
		return
	}
	p.Log.Info("button pressed", "path", req.URL.Path, "done", done, "from", clientOf(req.RemoteAddr).String())
	http.Redirect(w, req, "/?done="+done, http.StatusSeeOther)
}

// requester is the name that the history shows as the one who asked.
func (p *Page) requester() string { return p.User + " (web page)" }

// notice is the sentence about what an action has done, which the link names. Anyone may have made
// the link: for a name that is not one of ours there is no sentence.
func notice(done string) string {
	kind, number, _ := strings.Cut(done, "-")
	id, err := strconv.ParseInt(number, 10, 64)
	if number != "" && err != nil {
		return ""
	}
	switch kind {
	case "paused":
		return "Runs are paused. The batch in hand ends within seconds."
	case "resumed":
		return "Runs go on."
	case "run":
		return fmt.Sprintf("Run %d was asked for.", id)
	case "dry":
		return fmt.Sprintf("Dry run %d was asked for: it counts and deletes nothing.", id)
	case "cancelled":
		return fmt.Sprintf("Run %d is cancelled: it ends after its batch.", id)
	case "over":
		return fmt.Sprintf("Run %d had ended already.", id)
	}
	return ""
}
