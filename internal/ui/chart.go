package ui

// The chart's measures, in the units of its viewBox.
const (
	chartWidth  = 720
	chartHeight = 170
	chartTop    = 22
	chartBottom = 22
	chartLeft   = 4
	barGap      = 4
)

// chart is the rows of each day as a picture.
type chart struct {
	Width, Height int
	Baseline      int
	Bars          []bar
	Most          string // rows of the best day
	MostAt        int
	First, Last   string
	Sum           string
}

type bar struct {
	X, Y, Width, Height int
	Title               string
	Today               bool
}

// draw makes the chart of days, the last of which is today.
func draw(days []dayRows) chart {
	c := chart{Width: chartWidth, Height: chartHeight, Baseline: chartHeight - chartBottom, MostAt: chartTop}
	if len(days) == 0 {
		return c
	}
	var most, sum int64 = 1, 0
	for _, d := range days {
		most = max(most, d.Rows)
		sum += d.Rows
	}
	room := chartWidth - 2*chartLeft + barGap // the last bar needs no gap
	full := c.Baseline - chartTop
	for i, d := range days {
		height := int(float64(full) * float64(d.Rows) / float64(most))
		if d.Rows > 0 {
			height = max(height, 2)
		}
		c.Bars = append(c.Bars, bar{
			X: chartLeft + i*room/len(days), Y: c.Baseline - height, Width: room/len(days) - barGap, Height: height,
			Title: d.Day.Format("Mon 2 Jan") + ": " + rows(d.Rows),
			Today: i == len(days)-1,
		})
	}
	c.First, c.Last = days[0].Day.Format("2 Jan"), "today"
	c.Sum = count(sum)
	if sum > 0 {
		c.Most = count(most)
	}
	return c
}

func tables(n int64) string {
	if n == 1 {
		return "1 table"
	}
	return count(n) + " tables"
}

func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return count(n) + " rows"
}
