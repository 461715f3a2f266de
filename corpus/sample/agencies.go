package sample

import (
	_ "embed"
	"fmt"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

//go:embed agencies.csv
var agencies []byte

// checked is the newest day on which an entry of agencies.csv was checked.
const checked corpus.Date = "2026-10-08"

// Agencies returns the agencies of the invented city, all with Sample set. The
// embedded file is tested; the error is for the caller's log only.
func Agencies() ([]corpus.Agency, error) {
	records, problems := extract.Agencies(extract.AgencyFile{Name: "agencies.csv", Today: checked}, agencies)
	if len(problems) > 0 {
		return nil, fmt.Errorf("sample: %s", problems[0])
	}
	out := make([]corpus.Agency, len(records))
	for i, r := range records {
		out[i] = r.Agency
		out[i].Sample = true
	}
	return out, nil
}
