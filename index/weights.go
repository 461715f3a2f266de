package index

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

//go:embed weights.txt
var weightsFile string

// Weights are the numbers that ranking, confidence and snippets weigh by, each
// under the name of what it weighs. They are fitted, never typed in by hand:
// see 'policybot tune'.
type Weights struct {
	Rank       Parts      `json:"rank"`
	Confidence Confidence `json:"confidence"`
	Whole      Confidence `json:"whole"` // where a whole document comes first
	Asked      Confidence `json:"asked"` // where a passage does under what people ask for it
	Named      Confidence `json:"named"` // where an FAQ or a guide does
	Anchor     Anchor     `json:"anchor"`
	Clause     Clause     `json:"clause"`
	Snippet    Snippet    `json:"snippet"`
	Join       Join       `json:"join"`
}

// Confidence turns Features into log odds.
type Confidence struct {
	Bias float64 `json:"bias"`
	Features
}

// ShippedWeights returns the weights that come with the program. The error
// says what is wrong with their file.
var ShippedWeights = sync.OnceValues(func() (*Weights, error) {
	return ReadWeights(strings.NewReader(weightsFile))
})

// shipped are the weights of a Shelf that was given no others. A file that
// cannot be read keeps the program from starting: see ShippedWeights.
func shipped() *Weights {
	w, _ := ShippedWeights()
	return w
}

// ReadWeights reads weights: a [part] line, then lines of a name and a number.
// Empty lines and those that begin with # say nothing. A name that is not
// known, stands twice or is missing is an error that names it.
func ReadWeights(r io.Reader) (*Weights, error) {
	w := new(Weights)
	missing := numbersOf(w)
	seen := map[string]bool{}
	section := ""
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			section = strings.Trim(line, "[]")
			continue
		}
		name, text, _ := strings.Cut(line, " ")
		name = section + "." + name
		at, ok := missing[name]
		value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		switch {
		case seen[name]:
			return nil, fmt.Errorf("weights: line %d: %s stands twice", n, name)
		case !ok:
			return nil, fmt.Errorf("weights: line %d: %s is not known", n, name)
		case err != nil || math.IsNaN(value) || math.IsInf(value, 0):
			return nil, fmt.Errorf("weights: line %d: %q is no number", n, text)
		}
		*at, seen[name] = value, true
		delete(missing, name)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	for name := range missing {
		return nil, errors.New("weights: " + name + " is missing")
	}
	return w, nil
}

// Write writes weights as ReadWeights reads them, after a comment.
func (w *Weights) Write(out io.Writer, comment string) error {
	b := bufio.NewWriter(out)
	for line := range strings.Lines(comment) {
		fmt.Fprintf(b, "# %s\n", strings.TrimRight(line, "\n"))
	}
	section := ""
	eachNumber(reflect.ValueOf(w).Elem(), "", func(name string, at *float64) {
		part, rest, _ := strings.Cut(name, ".")
		if part != section {
			fmt.Fprintf(b, "\n[%s]\n", part)
			section = part
		}
		fmt.Fprintf(b, "%s %s\n", rest, strconv.FormatFloat(*at, 'g', 4, 64))
	})
	return b.Flush()
}

// numbersOf returns the numbers of weights by their names: rank.words.
func numbersOf(w *Weights) map[string]*float64 {
	all := map[string]*float64{}
	eachNumber(reflect.ValueOf(w).Elem(), "", func(name string, at *float64) { all[name] = at })
	return all
}

// Numbers calls yield for each number of a struct of weights, parts or
// features (given by its address), with the name that it has in JSON.
func Numbers(of any, yield func(name string, at *float64)) {
	eachNumber(reflect.ValueOf(of).Elem(), "", yield)
}

func eachNumber(v reflect.Value, prefix string, yield func(string, *float64)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch at := v.Field(i).Addr().Interface().(type) {
		case *float64:
			yield(prefix+name, at)
		default:
			if !f.Anonymous {
				eachNumber(v.Field(i), prefix+name+".", yield)
				continue
			}
			eachNumber(v.Field(i), prefix, yield)
		}
	}
}
