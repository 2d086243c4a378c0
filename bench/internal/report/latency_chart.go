package report

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

const leastLatency = 0.1 // ms, where the axis begins

// latencyChart draws the foreground's latency over time, a panel for each
// method, all with the same axis of milliseconds.
func (s *Section) latencyChart() (*vgsvg.Canvas, error) {
	const columns = 2
	rows := (len(s.Panels) + columns - 1) / columns
	highest := 10.0
	for _, panel := range s.Panels {
		for _, w := range panel.Windows {
			highest = max(highest, w.Max)
		}
	}
	plots := make([][]*plot.Plot, rows)
	for i := range plots {
		plots[i] = make([]*plot.Plot, columns)
	}
	for i, panel := range s.Panels {
		p, err := panel.plot(highest*1.2, i == 0)
		if err != nil {
			return nil, err
		}
		plots[i/columns][i%columns] = p
	}

	canvas := vgsvg.New(vg.Points(720), vg.Points(150*float64(rows)))
	tiles := draw.Tiles{
		Rows: rows, Cols: columns, PadX: vg.Points(10), PadY: vg.Points(6),
		PadTop: vg.Points(4), PadBottom: vg.Points(4), PadLeft: vg.Points(4), PadRight: vg.Points(8),
	}
	drawn := draw.New(canvas)
	background(drawn)
	for i, row := range plot.Align(plots, tiles, drawn) {
		for j, tile := range row {
			if plots[i][j] != nil {
				plots[i][j].Draw(tile)
			}
		}
	}
	return canvas, nil
}

// plot draws the median and the maximum of each window, and when the purge was;
// one panel explains the lines for all.
func (p Panel) plot(highest float64, explain bool) (*plot.Plot, error) {
	drawn := newPlot(p.Title)
	drawn.X.Label.Text = "seconds since the purge began (shaded)"
	drawn.Y.Label.Text = "latency, ms"
	drawn.Y.Scale = plot.LogScale{}
	drawn.Y.Tick.Marker = decades{}

	purge, err := plotter.NewPolygon(plotter.XYs{
		{X: 0, Y: leastLatency},
		{X: p.Seconds, Y: leastLatency},
		{X: p.Seconds, Y: highest},
		{X: 0, Y: highest},
	})
	if err != nil {
		return nil, err
	}
	purge.Color, purge.Width = shade(), 0
	drawn.Add(purge)

	for _, line := range []struct {
		of    func(i int) float64
		color color.Color
		name  string
	}{
		{func(i int) float64 { return p.Windows[i].Max }, red(), "max"},
		{func(i int) float64 { return p.Windows[i].P50 }, blue(), "median"},
	} {
		points := make(plotter.XYs, len(p.Windows))
		for i, w := range p.Windows {
			points[i] = plotter.XY{X: w.At, Y: max(line.of(i), leastLatency)}
		}
		if len(points) == 0 {
			continue
		}
		curve, err := plotter.NewLine(points)
		if err != nil {
			return nil, err
		}
		curve.Color, curve.Width = line.color, vg.Points(0.8)
		drawn.Add(curve)
		if explain {
			drawn.Legend.Add(line.name+" of 0.1 s", curve)
		}
	}
	drawn.Legend.Top = true
	drawn.Legend.ThumbnailWidth = vg.Points(10)
	drawn.Y.Min, drawn.Y.Max = leastLatency, highest
	drawn.X.Min, drawn.X.Max = p.span()
	return drawn, nil
}

// span is the time from the first to the last window.
func (p Panel) span() (from, to float64) {
	from, to = 0, max(p.Seconds, 0.1)
	for _, w := range p.Windows {
		from, to = min(from, w.At), max(to, w.At)
	}
	return from, to
}

func background(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Path())
}
