package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// speedChart draws rows/s beside the foreground's p99, a bar for each method.
func (s *Section) speedChart() (*vgsvg.Canvas, error) {
	speed, err := s.bars("rows deleted a second (longer is better)", blue(), func(b Bar) float64 { return b.RowsPerSecond })
	if err != nil {
		return nil, err
	}
	p99, err := s.bars("foreground p99 during the purge, ms (shorter is better; the grey tick is idle)", red(),
		func(b Bar) float64 { return b.P99 })
	if err != nil {
		return nil, err
	}
	if err := s.markIdle(p99); err != nil {
		return nil, err
	}
	canvas := vgsvg.New(vg.Points(760), vg.Points(50+22*float64(len(s.Bars))))
	drawn := draw.New(canvas)
	background(drawn)
	tiles := draw.Tiles{
		Rows: 1, Cols: 2, PadX: vg.Points(14), PadTop: vg.Points(4), PadBottom: vg.Points(4),
		PadLeft: vg.Points(4), PadRight: vg.Points(30),
	}
	plots := [][]*plot.Plot{{speed, p99}}
	for i, tile := range plot.Align(plots, tiles, drawn)[0] {
		plots[0][i].Draw(tile)
	}
	return canvas, nil
}

// bars draws horizontal bars on a logarithmic axis, the first method on top.
func (s *Section) bars(title string, filled color.Color, of func(Bar) float64) (*plot.Plot, error) {
	p := newPlot(title)
	p.X.Scale = plot.LogScale{}
	p.X.Tick.Marker = decades{}
	least, most := math.Inf(1), 0.0
	for _, b := range s.Bars {
		if v := of(b); v > 0 {
			least, most = min(least, v), max(most, v)
		}
	}
	if most == 0 {
		least, most = 1, 10
	}
	least = math.Pow(10, math.Floor(math.Log10(least*0.8)))
	names := make([]string, len(s.Bars))
	for i, b := range s.Bars {
		place := float64(len(s.Bars) - 1 - i)
		names[len(s.Bars)-1-i] = b.Label
		value := of(b)
		if value <= 0 {
			continue
		}
		bar, err := plotter.NewPolygon(plotter.XYs{
			{X: least, Y: place - 0.32},
			{X: value, Y: place - 0.32},
			{X: value, Y: place + 0.32},
			{X: least, Y: place + 0.32},
		})
		if err != nil {
			return nil, err
		}
		bar.Color, bar.Width = filled, 0
		label, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: value, Y: place}}, Labels: []string{" " + Count(value)}})
		if err != nil {
			return nil, err
		}
		label.TextStyle[0].Font = sans(7)
		label.TextStyle[0].YAlign = draw.YCenter
		p.Add(bar, label)
	}
	p.NominalY(names...)
	p.Y.Min, p.Y.Max = -0.6, float64(len(s.Bars))-0.4
	p.X.Min, p.X.Max = least, most*2
	return p, nil
}

// markIdle shows, across each bar, the p99 without a purge.
func (s *Section) markIdle(p *plot.Plot) error {
	for i, b := range s.Bars {
		if b.Idle <= 0 {
			continue
		}
		place := float64(len(s.Bars) - 1 - i)
		tick, err := plotter.NewLine(plotter.XYs{{X: b.Idle, Y: place - 0.42}, {X: b.Idle, Y: place + 0.42}})
		if err != nil {
			return err
		}
		tick.Color, tick.Width = grey(), vg.Points(2)
		p.X.Min = min(p.X.Min, b.Idle*0.8)
		p.Add(tick)
	}
	return nil
}
