package metrics

import "time"

// gauge describes a metric of the fleet.
type gauge struct {
	name   string
	help   string
	labels []string
}

// gauges are all metrics of the fleet.
func gauges() []gauge {
	return []gauge{
		{"siltgate_fleet_read_success", "1 if the fleet's metrics could be read; if not, they are left out.", nil},
		{"siltgate_fleet_read_duration_seconds", "How long reading them took.", nil},
		{"siltgate_replicas", "Replicas that run.", nil},
		{"siltgate_configurations", "Different configurations among the replicas: more than 1 means that they disagree.", nil},
		{"siltgate_fleet_has_leader", "1 if a replica leads.", nil},
		{"siltgate_leading", "1 if this replica leads.", nil},
		{"siltgate_paused", "1 while runs are paused.", nil},
		{"siltgate_next_tick_timestamp_seconds", "When the schedule is due next; left out while it is off.", nil},
		{"siltgate_schedule_period_seconds", "The longest time from one tick to the next; left out while the schedule is off.", nil},
		{"siltgate_installed_timestamp_seconds", "When the schema was created.", nil},
		{"siltgate_overdue_seconds", "For how long a tick has been due that was given no run; 0 if none is.", nil},
		{"siltgate_table_watermark_age_seconds", "For how long dead rows of the table may have been there; infinite while nothing is proven.", []string{"table"}},
		{"siltgate_table_last_success_timestamp_seconds", "When a run last went through the whole table; 0 if none has.", []string{"table"}},
		{"siltgate_table_failed", "1 if the table failed since then.", []string{"table"}},
		{"siltgate_table_held", "1 if a run since then deleted nothing of the table, because its rule has changed and was not confirmed.", []string{"table"}},
		{"siltgate_table_left_rows", "Dead rows that the last such run left, by why.", []string{"table", "reason"}},
		{"siltgate_pattern_tables", "Tables that the pattern matched in the last such run.", []string{"table"}},
		{"siltgate_pattern_worst_left_rows", "Dead rows left in one of the pattern's tables: one that failed, else the one with the most rows left.", []string{"table", "worst"}},
		{"siltgate_last_success_timestamp_seconds", "When a run last went through every table that it was asked for; 0 if none has.", nil},
		{"siltgate_queue_runs", "Runs that have not ended, by the state of their job.", []string{"state"}},
		{"siltgate_queue_oldest_age_seconds", "Age of the oldest run that waits; 0 if none does.", nil},
		{"siltgate_run_at_work", "1 while a run is under way.", nil},
		{"siltgate_run_deleted_rows", "Rows that the run at work has deleted.", nil},
		{"siltgate_run_duty_cycle_ratio", "Share of its time that the run at work spends deleting.", nil},
		{"siltgate_run_forecast_timestamp_seconds", "When the run at work will probably end.", nil},
		{"siltgate_run_finish_by_timestamp_seconds", "When the run at work is to end.", nil},
		{"siltgate_run_waiting", "1 for what the run at work waits for.", []string{"reason"}},
	}
}

// show passes on every metric that the snapshot has a value for.
func (s *snapshot) show(show func(name string, value float64, labels ...string)) {
	show("siltgate_replicas", float64(s.replicas))
	show("siltgate_configurations", float64(s.configurations))
	show("siltgate_fleet_has_leader", truth(s.led))
	show("siltgate_leading", truth(s.leads))
	show("siltgate_paused", truth(s.paused))
	if !s.nextTick.IsZero() {
		show("siltgate_next_tick_timestamp_seconds", unix(s.nextTick))
	}
	show("siltgate_installed_timestamp_seconds", unixOr0(s.installed))
	show("siltgate_overdue_seconds", s.age(s.overdue))
	for label, t := range s.tables {
		show("siltgate_table_watermark_age_seconds", t.watermarkAge, label)
		show("siltgate_table_last_success_timestamp_seconds", unixOr0(t.lastSuccess), label)
		show("siltgate_table_failed", truth(t.failed), label)
		show("siltgate_table_held", truth(t.held), label)
		if t.matched != nil {
			show("siltgate_pattern_tables", float64(*t.matched), label)
		}
		if t.worst != "" {
			show("siltgate_pattern_worst_left_rows", float64(t.worstLeft), label, t.worst)
		}
		for reason, rows := range t.left {
			show("siltgate_table_left_rows", float64(rows), label, reason)
		}
	}
	show("siltgate_last_success_timestamp_seconds", unixOr0(s.lastSuccess))
	for _, state := range []string{"available", "pending", "retryable", "running", "scheduled"} {
		show("siltgate_queue_runs", float64(s.queue[state]), state)
	}
	show("siltgate_queue_oldest_age_seconds", s.age(s.oldestWaiting))

	show("siltgate_run_at_work", truth(s.atWork != nil))
	if s.atWork == nil {
		return
	}
	show("siltgate_run_deleted_rows", float64(s.atWork.Deleted))
	if duty := s.atWork.Pace.Duty; duty != nil {
		show("siltgate_run_duty_cycle_ratio", *duty)
	}
	if at := s.atWork.Pace.Forecast; at != nil {
		show("siltgate_run_forecast_timestamp_seconds", unix(*at))
	}
	if at := s.atWork.Pace.FinishBy; at != nil {
		show("siltgate_run_finish_by_timestamp_seconds", unix(*at))
	}
	waiting := waitOf(s.atWork.Pace.WaitingFor)
	for _, reason := range waits() {
		show("siltgate_run_waiting", truth(reason == waiting), reason)
	}
}

// age is how long ago something was, by the database's clock.
func (s *snapshot) age(at *time.Time) float64 {
	if at == nil {
		return 0
	}
	return max(0, s.now.Sub(*at).Seconds())
}

func unix(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

func unixOr0(at *time.Time) float64 {
	if at == nil {
		return 0
	}
	return unix(*at)
}
