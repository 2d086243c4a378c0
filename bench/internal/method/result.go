package method

import (
	"encoding/json"

	"github.com/siltgate/siltgate/jobs"
)

// Result is what a run of Siltgate records.
type Result = jobs.Result

// decode reads a job's output, which it may not have yet.
func decode(output []byte) (Result, error) {
	var result Result
	if output == nil {
		return result, nil
	}
	err := json.Unmarshal(output, &result)
	return result, err
}
