package report

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The colours are told apart also by those who see few.
func red() color.Color   { return color.RGBA{R: 0xd5, G: 0x5e, A: 0xff} }
func blue() color.Color  { return color.RGBA{G: 0x72, B: 0xb2, A: 0xff} }
func grey() color.Color  { return color.RGBA{R: 0x88, G: 0x88, B: 0x88, A: 0xff} }
func shade() color.Color { return color.RGBA{R: 0xf3, G: 0xee, B: 0xdd, A: 0xff} }

// Draw writes a section's charts into a directory, and returns their paths.
func (s *Section) Draw(dir string) ([]string, error) {
	name := fmt.Sprintf("%s-%s-%d", s.Scenario, s.Heap, s.Rows)
	var paths []string
	for _, chart := range []struct {
		kind string
		draw func() (*vgsvg.Canvas, error)
		any  bool
	}{
		{"latency", s.latencyChart, len(s.Panels) > 0},
		{"speed", s.speedChart, len(s.Bars) > 0},
	} {
		if !chart.any {
			continue
		}
		canvas, err := chart.draw()
		if err != nil {
			return paths, fmt.Errorf("draw the %s chart: %w", chart.kind, err)
		}
		path := filepath.Join(dir, name+"-"+chart.kind+".svg")
		if err := save(canvas, path); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func save(canvas *vgsvg.Canvas, path string) error {
	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return fmt.Errorf("save a chart: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("save a chart: %w", err)
	}
	// Who looks at it may not have the font that it was laid out with.
	fallback := bytes.ReplaceAll(text.Bytes(), []byte("font-family:Liberation Sans;"),
		[]byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	if err := os.WriteFile(path, fallback, 0o600); err != nil {
		return fmt.Errorf("save a chart: %w", err)
	}
	return nil
}

// newPlot is a plot in small print.
func newPlot(title string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.Title.TextStyle.Font = sans(9)
	p.Title.Padding = vg.Points(3)
	p.Legend.TextStyle.Font = sans(7)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font = sans(8)
		axis.Tick.Label.Font = sans(7)
		axis.Width = vg.Points(0.5)
		axis.Tick.Width = vg.Points(0.5)
	}
	return p
}

// sans is the font of all text.
func sans(points float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Points(points)}
}

// decades ticks a logarithmic axis at the powers of ten.
type decades struct{}

// Ticks implements plot.Ticker.
func (decades) Ticks(least, most float64) []plot.Tick {
	var ticks []plot.Tick
	for _, major := range []float64{0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7} {
		for minor := 1.0; minor < 10; minor++ {
			value := major * minor
			if value < least*0.999 || value > most*1.001 {
				continue
			}
			tick := plot.Tick{Value: value}
			if minor == 1 {
				tick.Label = short(value)
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

func short(n float64) string {
	switch {
	case n >= 1e6:
		return strconv.FormatFloat(n/1e6, 'f', -1, 64) + "M"
	case n >= 1e3:
		return strconv.FormatFloat(n/1e3, 'f', -1, 64) + "k"
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', -1, 64), ".0")
}
