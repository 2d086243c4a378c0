package schedule

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	cron "github.com/netresearch/go-cron"
)

const (
	offExpression = "off"

	// searchYears is the longest time between two ticks. A schedule for 29 February has no tick for
	// eight years where a century's last year is no leap year.
	searchYears = 8

	// unrestricted is the bit by which go-cron remembers that a day field was `*`.
	unrestricted = 1 << 63
)

// Parse reads a cron expression, whose hours are those of zone (nil: UTC), a preset such as @daily,
// @every with a duration, or off. Its error is one phrase that says what to write instead; the
// caller puts the variable's name before it.
func Parse(expr string, zone *time.Location) (Schedule, error) {
	if len(expr) > cron.MaxSpecLength {
		return Schedule{}, fmt.Errorf("is %d bytes long: want at most %d", len(expr), cron.MaxSpecLength)
	}
	words := strings.Fields(expr)
	if len(words) == 0 {
		return Schedule{}, errors.New("is empty: write five fields, as in 0 3 * * *, or off")
	}
	if zone == nil {
		zone = time.UTC
	}
	schedule := Schedule{expr: strings.Join(words, " "), zone: zone}
	first := strings.ToLower(words[0])
	switch {
	case first == offExpression && len(words) == 1:
		return Schedule{}, nil
	case strings.HasPrefix(first, "tz="), strings.HasPrefix(first, "cron_tz="):
		return Schedule{}, errors.New("names a zone: set SILTGATE_TIMEZONE instead")
	case first == "@every":
		return schedule.parseEvery(words[1:])
	case strings.HasPrefix(first, "@"):
		fields := preset(strings.ToLower(schedule.expr))
		if fields == "" {
			return Schedule{}, fmt.Errorf("%q is not known: write @hourly, @daily, @weekly, @monthly, @yearly, or five fields", schedule.expr)
		}
		return schedule.parseFields(strings.Fields(fields))
	}
	return schedule.parseFields(words)
}

func (s Schedule) parseEvery(args []string) (Schedule, error) {
	text := strings.Join(args, " ")
	every, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return Schedule{}, fmt.Errorf("@every %q is not a duration: write @every 90s or @every 1h30m", text)
	case every < time.Second:
		return Schedule{}, fmt.Errorf("@every %s is under a second: want 1s or more", text)
	case every%time.Second != 0:
		return Schedule{}, fmt.Errorf("@every %s is not in whole seconds: write @every %s", text, every.Truncate(time.Second))
	}
	s.every = every
	return s, nil
}

func preset(name string) string {
	switch name {
	case "@yearly", "@annually":
		return "0 0 1 1 *"
	case "@monthly":
		return "0 0 1 * *"
	case "@weekly":
		return "0 0 * * 0"
	case "@weekdays":
		return "0 0 * * 1-5"
	case "@weekends":
		return "0 0 * * 0,6"
	case "@daily", "@midnight":
		return "0 0 * * *"
	case "@hourly":
		return "0 * * * *"
	case "@minutely":
		return "* * * * *"
	case "@secondly":
		return "* * * * * *"
	}
	return ""
}

func (s Schedule) parseFields(words []string) (Schedule, error) {
	if err := checkFields(words); err != nil {
		return Schedule{}, err
	}
	parser, err := cron.TryNewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom |
		cron.Month | cron.Dow | cron.DowOrDom)
	if err != nil {
		return Schedule{}, fmt.Errorf("make a cron parser: %w", err)
	}
	// In lower case, because go-cron takes the H of THU for a Jenkins hash.
	parsed, err := parser.WithMaxSearchYears(searchYears).Parse(strings.ToLower(strings.Join(words, " ")))
	if err != nil {
		return Schedule{}, fmt.Errorf("is not a cron expression: %w", err)
	}
	wall, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return Schedule{}, errors.New("is not a cron expression of fields")
	}
	wall.Location = time.UTC
	// As in NestJS, a day field that allows every day counts as `*`, also when it is written 1-31
	// or 0-6.
	if full(wall.Dom, 1, 31) {
		wall.Dom |= unrestricted
	}
	if full(wall.Dow, 0, 6) {
		wall.Dow |= unrestricted
	}
	// From a fixed day, so that the answer does not depend on when it is asked.
	if wall.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, errors.New("never fires: write a day of month that its months have")
	}
	s.wall, s.hourly = wall, full(wall.Hour, 0, 23)
	return s, nil
}

func full(bits uint64, low, high int) bool {
	all := uint64(1)<<(high+1) - uint64(1)<<low
	return bits&all == all
}

// checkFields refuses an expression in words of ours, before go-cron does in its own. It refuses
// more: see docs/schedule.md.
func checkFields(words []string) error {
	fields := []field{
		{name: "second", max: 59},
		{name: "minute", max: 59},
		{name: "hour", max: 23},
		{name: "day of month", min: 1, max: 31},
		{name: "month", min: 1, max: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec"},
		{name: "day of week", max: 7, names: "sun mon tue wed thu fri sat"},
	}
	switch len(words) {
	case 5:
		fields = fields[1:]
	case 6:
	case 7:
		return errors.New("has 7 fields: want 5, or 6 with seconds first; a year is not supported")
	default:
		return fmt.Errorf("has %d fields: want 5, or 6 with seconds first", len(words))
	}
	for i, f := range fields {
		for item := range strings.SplitSeq(words[i], ",") {
			if err := f.check(item); err != nil {
				return fmt.Errorf("%s %w", f.name, err)
			}
		}
	}
	return nil
}

// field is one of the fields of an expression, and which values it may have.
type field struct {
	name     string
	min, max int
	names    string // of the values from min on
}

// check refuses one item of the field's list, which is all of it if it has no comma.
func (f field) check(item string) error {
	if err := f.checkUnsupported(item); err != nil {
		return err
	}
	span, stepText, stepped := strings.Cut(item, "/")
	low, high, err := f.ends(span, stepped)
	if err != nil {
		return err
	}
	if !stepped {
		return nil
	}
	step, ok := number(stepText)
	switch {
	case !ok:
		return f.notUnderstood(item)
	case step == 0:
		return fmt.Errorf("%q has a step of 0: want 1 or more", item)
	case step > 1 && step > high-low:
		return fmt.Errorf("%q steps past %d at once: write %d", item, high, low)
	}
	return nil
}

// checkUnsupported refuses by name what Quartz and its relatives have added to cron.
func (f field) checkUnsupported(item string) error {
	lower := strings.ToLower(item)
	byMonth, byWeek := f.name == "day of month", f.name == "day of week"
	switch {
	case lower == "?":
		return errors.New(`"?" is not supported: write *`)
	case byMonth && strings.Contains(lower, "w"):
		return fmt.Errorf("%q (nearest weekday) is not supported: want a plain day 1-31", item)
	case byMonth && strings.HasPrefix(lower, "l"):
		return fmt.Errorf("%q (last day) is not supported: want a plain day 1-31", item)
	case byWeek && strings.Contains(lower, "#"):
		return fmt.Errorf("%q (nth of the month) is not supported: want a plain day 0-7 or SUN-SAT", item)
	case byWeek && strings.HasSuffix(lower, "l"):
		return fmt.Errorf("%q (last of the month) is not supported: want a plain day 0-7 or SUN-SAT", item)
	}
	return nil
}

// ends returns the first and the last value of *, of a value, or of a range.
func (f field) ends(span string, stepped bool) (low, high int, err error) {
	if span == "*" {
		return f.min, f.max, nil
	}
	lowText, highText, ranged := strings.Cut(span, "-")
	if low, err = f.value(lowText, span); err != nil {
		return 0, 0, err
	}
	switch {
	case !ranged && !stepped:
		return low, low, nil
	case !ranged:
		return low, f.max, nil
	}
	if high, err = f.value(highText, span); err != nil {
		return 0, 0, err
	}
	switch {
	case low > high && stepped:
		return 0, 0, fmt.Errorf("%q runs backwards: write its values as a list", span)
	case low > high:
		return 0, 0, fmt.Errorf("%q runs backwards: write %s-%d,%d-%s", span, lowText, f.max, f.min, highText)
	}
	return low, high, nil
}

func (f field) value(text, span string) (int, error) {
	if i := slices.Index(strings.Fields(f.names), strings.ToLower(text)); i >= 0 {
		return f.min + i, nil
	}
	n, ok := number(text)
	switch {
	case !ok:
		return 0, f.notUnderstood(span)
	case n < f.min || n > f.max:
		return 0, fmt.Errorf("%s is out of range: want %s", text, f.bounds())
	}
	return n, nil
}

func (f field) notUnderstood(text string) error {
	return fmt.Errorf("%q is not understood: want * or %s, as in 3, 2-5, */2 or 3,5", text, f.bounds())
}

func (f field) bounds() string {
	bounds := fmt.Sprintf("%d-%d", f.min, f.max)
	if names := strings.Fields(strings.ToUpper(f.names)); len(names) > 0 {
		bounds += " or " + names[0] + "-" + names[len(names)-1]
	}
	return bounds
}

// number reads plain digits. A number that is too large for an int is still a number, and out of
// every range.
func number(text string) (int, bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return math.MaxInt, true
	}
	return n, true
}
