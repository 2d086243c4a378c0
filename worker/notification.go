package worker

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
)

// The channels that River listens on. Any role that may connect may notify on them.
const (
	insertTopic     = "river_insert"
	controlTopic    = "river_control"
	leadershipTopic = "river_leadership"
)

// confirmer takes a notification only as a hint to read the tables, and tells River what the tables
// say. So only a role that may write to the tables can cancel a job or pause the queue. No notification
// makes a leader resign, because no table says that it should. The confirmer also reads them every few
// seconds without a hint, since notifications may be lost. River calls it from one goroutine at a time.
type confirmer struct {
	riverdriver.Listener
	replica   Replica
	topics    map[string]*hint
	ready     []*riverdriver.Notification
	nextRead  time.Time        // when to read the tables without a hint
	paused    pause            // the last one that was logged
	cancelled map[int64]string // job: when its cancelling was asked for; each is passed on once
}

// hint is what is known of a topic.
type hint struct {
	interval time.Duration
	heard    bool // since it was last told to River
	due      time.Time
}

func newConfirmer(listener riverdriver.Listener, replica Replica) *confirmer {
	return &confirmer{Listener: listener, replica: replica, topics: map[string]*hint{
		insertTopic:     {interval: insertInterval},
		controlTopic:    {interval: controlInterval},
		leadershipTopic: {interval: leadershipInterval},
	}}
}

// WaitForNotification implements riverdriver.Listener.
func (c *confirmer) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	for {
		until := c.confirm(ctx, time.Now())
		if len(c.ready) > 0 {
			first := c.ready[0]
			c.ready = c.ready[1:]
			return first, nil
		}
		notification, err := c.waitUntil(ctx, until)
		switch {
		case err != nil:
			return nil, err
		case notification != nil:
			c.hear(notification)
		}
	}
}

// waitUntil returns no notification if none comes until then.
func (c *confirmer) waitUntil(ctx context.Context, until time.Time) (*riverdriver.Notification, error) {
	waiting, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	notification, err := c.Listener.WaitForNotification(waiting)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, nil //nolint:nilnil // there is neither
	}
	return notification, err
}

// hear remembers a notification, unless it cannot be true.
func (c *confirmer) hear(notification *riverdriver.Notification) {
	var payload struct {
		Action   string `json:"action"`
		LeaderID string `json:"leader_id"`
		Queue    string `json:"queue"`
	}
	if json.Unmarshal([]byte(notification.Payload), &payload) != nil {
		return
	}
	topic := c.topics[notification.Topic]
	switch notification.Topic {
	case insertTopic:
		topic.heard = topic.heard || payload.Queue == river.QueueDefault
	case controlTopic:
		topic.heard = true
	case leadershipTopic:
		topic.heard = topic.heard || payload.Action == "resigned" && payload.LeaderID != c.replica.ID
	}
}

// confirm prepares what River is to be told of the topics that were heard, and returns when to call
// it again.
func (c *confirmer) confirm(ctx context.Context, now time.Time) (next time.Time) {
	if !now.Before(c.nextRead) {
		c.topics[controlTopic].heard = true
		c.nextRead = now.Add(readInterval)
	}
	next = c.nextRead
	for name, topic := range c.topics {
		switch {
		case !topic.heard:
		case now.Before(topic.due):
			if topic.due.Before(next) {
				next = topic.due
			}
		default:
			topic.heard, topic.due = false, now.Add(topic.interval)
			c.pass(ctx, name)
		}
	}
	return next
}

// pass prepares what River is to be told of a topic. If the tables cannot be read now, the next
// reading finds the same.
func (c *confirmer) pass(ctx context.Context, topic string) {
	switch topic {
	case insertTopic:
		c.tell(topic, `{"queue":"default"}`)
	case leadershipTopic:
		c.tell(topic, `{"action":"resigned","leader_id":""}`) // whoever it was: River reads who leads
	case controlTopic:
		if err := c.control(ctx); err != nil {
			c.replica.Log.Debug("queue and jobs not read", "error", err) // they are read again soon
		}
	}
}

func (c *confirmer) tell(topic, payload string) {
	c.ready = append(c.ready, &riverdriver.Notification{Topic: topic, Payload: payload})
}
