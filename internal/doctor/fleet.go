package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/jobs"
)

// begunAfter is how long after a tick its run has begun in a fleet that is well.
const begunAfter = 5 * time.Minute

func (e *examination) examineFleet(ctx context.Context) {
	e.try(ctx, "fleet", "replicas", e.checkReplicas)
	e.try(ctx, "fleet", "leader", e.checkLeader)
	e.try(ctx, "fleet", "pause", e.checkPause)
	e.try(ctx, "fleet", "last run", e.checkLastRun)
	e.try(ctx, "fleet", "changed rules", e.checkHeld)
	e.add(e.checkSchedule())
	e.add(e.checkRetention())
}

// checkReplicas says who runs, and whose configuration differs from the doctor's.
func (e *examination) checkReplicas(ctx context.Context) ([]Check, error) {
	rows, err := e.conn.Query(ctx, `SELECT replica, digest FROM `+e.table("replicas")+` ORDER BY replica`)
	if err != nil {
		return nil, err
	}
	var all, others []string
	digests := map[string]bool{}
	var replica, digest string
	_, err = pgx.ForEachRow(rows, []any{&replica, &digest}, func() error {
		all = append(all, replica)
		digests[digest] = true
		if digest != e.Digest {
			others = append(others, replica)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return []Check{{Status: Warn, Reason: "no replica is running, so no run begins", Remedy: "siltgate run"}}, nil
	case len(digests) > 1:
		return []Check{{
			Status: Warn, Remedy: "give all replicas the same environment, and restart those that have another",
			Reason: fmt.Sprintf("%d replicas run and disagree in their configuration: whichever takes a run up works by its own; with another than this one: %s",
				len(all), strings.Join(others, ", ")),
		}}, nil
	case len(others) > 0:
		return []Check{{
			Status: Warn, Remedy: "give this command the replicas' environment, or restart the replicas with this one",
			Reason: fmt.Sprintf("%s, with another configuration than this command was given: what it says of tables and schedule is not theirs", running(len(all))),
		}}, nil
	}
	return []Check{{Status: OK, Brief: fmt.Sprint(len(all)), Reason: fmt.Sprintf("%s, with this configuration: %s", running(len(all)), strings.Join(all, ", "))}}, nil
}

// checkLeader says who sees to the schedule.
func (e *examination) checkLeader(ctx context.Context) ([]Check, error) {
	var leader string
	err := e.conn.QueryRow(ctx, `
		SELECT leader_id
		FROM `+e.table("river_leader")+`
		WHERE expires_at > now()
		LIMIT 1`).Scan(&leader)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return []Check{{Status: Warn, Reason: "no replica leads, so no tick gets its run", Remedy: "siltgate run: one that runs leads within half a minute"}}, nil
	case err != nil:
		return nil, err
	}
	return []Check{{Status: OK, Reason: leader + " leads"}}, nil
}

// checkPause says whether runs are held back.
func (e *examination) checkPause(ctx context.Context) ([]Check, error) {
	now, err := jobs.GetStatusIn(ctx, e.conn, e.Config.Schema)
	switch {
	case err != nil:
		return nil, err
	case !now.Paused:
		return []Check{{Status: OK, Reason: "runs are not paused"}}, nil
	}
	return []Check{{
		Status: Warn, Reason: fmt.Sprintf("no run begins, since %s: %s", now.PausedAt.UTC().Format(time.DateTime), now.Pause()),
		SQL: []string{"SELECT " + e.table("resume_token_cleanup") + "()"}, Unless: "the reason for the pause has not passed",
	}}, nil
}

// checkLastRun says how the last run of the schedule went, and whether one is overdue.
func (e *examination) checkLastRun(ctx context.Context) ([]Check, error) {
	var success, created *time.Time
	var failure, outcome *string
	var now time.Time
	err := e.conn.QueryRow(ctx, `
		SELECT
			now(),
			(SELECT min(created_at) FROM `+e.table("installation")+`),
			(
				SELECT max(finished_at)
				FROM `+e.table("runs")+`
				WHERE NOT dry_run AND state = 'completed' AND outcome IN ('completed', 'capped')
			),
			last.outcome,
			last.error
		FROM (SELECT) AS one
		LEFT JOIN LATERAL (
			SELECT outcome, error
			FROM `+e.table("runs")+`
			WHERE NOT dry_run AND outcome IS DISTINCT FROM 'superseded'
			ORDER BY id DESC
			LIMIT 1
		) AS last ON true`).Scan(&now, &created, &success, &outcome, &failure)
	if err != nil {
		return nil, err
	}
	c := Check{Status: OK, Brief: "none yet", Reason: "no run has completed yet"}
	if success != nil {
		c.Brief = success.UTC().Format(time.DateTime)
		c.Reason = fmt.Sprintf("the last run that completed ended at %s", success.UTC().Format(time.DateTime))
	}
	due := overdue(e.Config.Schedule, now, created, success)
	switch {
	case failure != nil:
		c.Status, c.Remedy = Fail, "siltgate history shows the attempts; once mended, siltgate enqueue --wait"
		c.Reason = "the latest run has failed: " + *failure
	case outcome != nil && *outcome == "held":
		c.Status, c.Remedy = Fail, "siltgate history shows the tables that it held, and what their rules would delete"
		c.Reason = "the latest run has held a table whose rule has changed"
	case !due.IsZero():
		c.Status, c.Remedy = Fail, "siltgate history shows what became of it; siltgate enqueue --wait makes up for it"
		c.Reason += fmt.Sprintf(", and none since the tick of %s", due.UTC().Format(time.DateTime))
	}
	return []Check{c}, nil
}

// overdue is the tick before the latest one, if no run has completed since then: the latest
// one's run may still be at work. Zero: none is overdue.
func overdue(s schedule.Schedule, now time.Time, created, success *time.Time) time.Time {
	if s.Off() || created == nil {
		return time.Time{}
	}
	latest := s.LatestTick(now.Add(-begunAfter))
	if latest.IsZero() {
		return time.Time{}
	}
	before := s.LatestTick(latest.Add(-time.Second))
	if before.IsZero() || before.Before(*created) || success != nil && !success.Before(before) {
		return time.Time{}
	}
	return before
}

// checkSchedule says when runs are due by this configuration.
func (e *examination) checkSchedule() Check {
	c := Check{Area: "fleet", Name: "schedule", Status: OK}
	s := e.Config.Schedule
	switch next := s.Next(e.Now()); {
	case s.Off():
		c.Brief = "off"
		c.Reason = "there is no schedule (" + e.Config.ScheduleVariable() + "): only runs that are asked for begin"
	default:
		c.Brief = "next at " + next.UTC().Format(time.DateTime)
		c.Reason = fmt.Sprintf("the next tick is at %s (%s)", next.UTC().Format(time.DateTime), s)
	}
	return c
}

// checkRetention compares how long runs are kept with how long a missed tick is made up for.
func (e *examination) checkRetention() Check {
	return Check{
		Area: "fleet", Name: "retention", Status: OK,
		Reason: fmt.Sprintf("ended runs are kept for %s, and a tick missed by up to %s is made up", lasting(e.Config.History), lasting(e.Config.CatchUp)),
	}
}
