-- The fleet at a glance.

-- +goose Up
CREATE VIEW {schema}.status AS
SELECT
    pause.paused_at IS NOT NULL AS paused,
    pause.paused_at,
    pause.paused_until,
    pause.paused_by,
    pause.pause_reason,
    head.leader_id AS leader,
    fleet.replicas,
    fleet.disagreeing,
    plan.expression AS schedule,
    (SELECT min(tick) FROM unnest(plan.next_ticks) AS tick WHERE tick > now()) AS next_tick,
    (
        SELECT min(tick)
        FROM unnest(plan.next_ticks) AS tick
        WHERE tick < now() - interval '1 minute'
            AND tick > (SELECT coalesce(max(ticks.tick), '-infinity') FROM {schema}.ticks AS ticks)
    ) AS overdue,
    ARRAY(SELECT coalesce(held.table_name, held.name) FROM {schema}.tables AS held WHERE held.held IS NOT NULL ORDER BY 1) AS held
FROM (SELECT) AS one
LEFT JOIN (
    SELECT queue.paused_at, noted.paused_until, noted.requested_by AS paused_by, noted.reason AS pause_reason
    FROM {schema}.river_queue AS queue
    LEFT JOIN {schema}.pauses AS noted ON noted.resumed_at IS NULL
    WHERE queue.name = 'default'
        AND queue.paused_at IS NOT NULL
        AND coalesce(noted.paused_until > now(), true)
) AS pause ON true
LEFT JOIN (
    SELECT leader.leader_id
    FROM {schema}.river_leader AS leader
    WHERE leader.expires_at > now()
    LIMIT 1
) AS head ON true
LEFT JOIN {schema}.schedule AS plan ON true
CROSS JOIN LATERAL (
    SELECT
        count(*) AS replicas,
        coalesce(array_agg(replica.replica ORDER BY replica.replica) FILTER (WHERE replica.digest <> model.digest), '{}') AS disagreeing
    FROM {schema}.replicas AS replica
    LEFT JOIN (
        SELECT first.digest
        FROM {schema}.replicas AS first
        ORDER BY first.leader DESC, first.started_at, first.replica
        LIMIT 1
    ) AS model ON true
) AS fleet;

COMMENT ON VIEW {schema}.status IS 'One row: is it paused, who leads, is the schedule kept, do the replicas agree.';
COMMENT ON COLUMN {schema}.status.paused_until IS 'When the pause ends by itself; NULL: not before somebody resumes.';
COMMENT ON COLUMN {schema}.status.replicas IS 'How many replicas run.';
COMMENT ON COLUMN {schema}.status.disagreeing IS 'Replicas with another configuration than the leader''s.';
COMMENT ON COLUMN {schema}.status.next_tick IS 'NULL while it is not known, or the schedule is off.';
COMMENT ON COLUMN {schema}.status.overdue IS 'The first tick that has been due for more than a minute and was given no run; NULL: none.';
COMMENT ON COLUMN {schema}.status.held IS
    'Tables of which the latest runs deleted nothing, because the rule has changed and would delete much; siltgate.tables says more.';

-- +goose Down
DROP VIEW {schema}.status;
