package report

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Machine is what everything ran on: Postgres, the replica and the foreground.
type Machine struct {
	Processors int    `json:"processors"`
	Model      string `json:"model,omitempty"`
	MemoryGB   int64  `json:"memory_gb,omitempty"`
	System     string `json:"system"`
	Load       string `json:"load_average,omitempty"` // of the last minute, before the bench began
	Go         string `json:"go"`
}

// ThisMachine describes it as far as the system tells.
func ThisMachine() Machine {
	m := Machine{Processors: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	m.Model = field("/proc/cpuinfo", "model name")
	var kilobytes int64
	if _, err := fmt.Sscanf(field("/proc/meminfo", "MemTotal"), "%d kB", &kilobytes); err == nil {
		m.MemoryGB = (kilobytes + 1<<19) >> 20
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load, _, _ = strings.Cut(string(load), " ")
	}
	return m
}

// String is one line.
func (m Machine) String() string {
	facts := []string{fmt.Sprintf("%d processors", m.Processors)}
	if m.Model != "" {
		facts[0] += " (" + m.Model + ")"
	}
	if m.MemoryGB > 0 {
		facts = append(facts, fmt.Sprintf("%d GB of memory", m.MemoryGB))
	}
	facts = append(facts, m.System, m.Go)
	if m.Load != "" {
		facts = append(facts, "load average before "+m.Load)
	}
	return strings.Join(facts, ", ")
}

// field reads one of the kernel's `name : value` files.
func field(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
