package eval

import (
	"encoding/json"
	"io"
	"strings"
)

// GuidesMap says how the service guides of a provincial portal become
// documents, as import --map reads it. The everyday names by which they are
// asked for, matter_daily, are not in it: they are never indexed.
const GuidesMap = `kind: guide
fields:
  id: TASK_CODE
  title: TASK_NAME
  similar: matter_short
  agency: DEPT_NAME
  region: AREA_CODE_TEXT
  url: URL
  topics: theme_category
  audience: service_object_name
sections:
  - {label: 受理条件, from: accept_standard}
  - {label: 申请材料, from: material_intro}
  - {label: 办理时限, from: handle_time_limit}
  - {label: 办理地点, from: handle_location}
  - {label: 咨询电话, from: consult_phone}
  - {label: 投诉电话, from: complain_phone}
`

// ReadGuides makes a question of each everyday name that service guides have,
// lines with matter_daily. Every guide of that name is right. ids are the
// documents that the lines became, by the number of the line. The error names
// the line.
func ReadGuides(r io.Reader, ids map[int]string) ([]Question, error) {
	return readLookup(r, ids, func(row []byte) (string, error) {
		var guide struct {
			Daily string `json:"matter_daily"`
		}
		err := json.Unmarshal(row, &guide)
		return strings.TrimSpace(guide.Daily), err
	})
}

// readLookup makes a question of each name that ask finds in lines; "" is
// none. The documents of lines with the same name are all right. A line that
// import refuses asks nothing.
func readLookup(r io.Reader, ids map[int]string, ask func(row []byte) (string, error)) ([]Question, error) {
	var out []Question
	at := map[string]int{}
	err := eachLine(r, func(n int, row []byte) error {
		name, err := ask(row)
		doc := ids[n]
		switch i, again := at[name]; {
		case err != nil:
			return err
		case name == "", doc == "":
		case again:
			out[i].Also = append(out[i].Also, Place{Doc: doc})
		default:
			at[name] = len(out)
			out = append(out, Question{ID: doc, Question: name, Place: Place{Doc: doc}})
		}
		return nil
	})
	return out, err
}
