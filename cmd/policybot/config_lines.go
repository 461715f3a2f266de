package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/pelletier/go-toml/v2/unstable"
)

// lines are the lines on which the values of a configuration file stand, by
// place: accounts[1].wechat.token.
type lines map[string]int

// of returns the line of a place, or of the nearest place around it; 0 where
// there is none.
func (l lines) of(place string) int {
	for place != "" {
		if n, ok := l[place]; ok {
			return n
		}
		place = place[:max(0, strings.LastIndexAny(place, ".["))]
	}
	return 0
}

// yamlLines finds the lines of a YAML file. Anchors are refused, by which a
// few lines can stand for gigabytes.
func yamlLines(data []byte) (lines, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		var known yaml.Error
		if errors.As(err, &known) && known.GetToken() != nil {
			return nil, at(known.GetToken().Position.Line, yamlMistake(known))
		}
		return nil, at(0, "not a YAML file that can be read")
	}
	if len(file.Docs) > 1 {
		return nil, at(file.Docs[1].GetToken().Position.Line, "one document a file: no second ---")
	}
	v := &yamlVisitor{lines: lines{}}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			ast.Walk(v, doc.Body)
		}
	}
	if v.alias > 0 {
		return nil, at(v.alias, "YAML's & and * are not used here")
	}
	return v.lines, nil
}

type yamlVisitor struct {
	lines lines
	alias int
}

func (v *yamlVisitor) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AliasNode, *ast.AnchorNode, *ast.MergeKeyNode:
		if line := max(1, n.GetToken().Position.Line); v.alias == 0 || line < v.alias {
			v.alias = line
		}
		return nil
	}
	place := strings.TrimPrefix(strings.TrimPrefix(n.GetPath(), "$"), ".")
	if _, ok := v.lines[place]; !ok && place != "" && n.GetToken() != nil {
		v.lines[place] = n.GetToken().Position.Line
	}
	return v
}

// tomlLines finds the lines of a TOML file.
func tomlLines(data []byte) (lines, error) {
	t := &tomlPlaces{lines: lines{}, count: map[string]int{}}
	t.parser.Reset(data)
	for t.parser.NextExpression() {
		e := t.parser.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			t.table(e)
		case unstable.KeyValue:
			t.value(t.prefix, e)
		}
	}
	var bad *unstable.ParserError
	if err := t.parser.Error(); errors.As(err, &bad) {
		line := 0
		if len(bad.Highlight) > 0 {
			line = t.parser.Shape(t.parser.Range(bad.Highlight)).Start.Line
		}
		return nil, at(line, "not TOML: "+bad.Message)
	} else if err != nil {
		return nil, at(0, "not a TOML file that can be read")
	}
	return t.lines, nil
}

type tomlPlaces struct {
	parser unstable.Parser
	lines  lines
	count  map[string]int // of [[accounts]] so far
	prefix string         // of the table that is open
}

// table opens [site] or [[accounts]], or [accounts.wechat], which belongs to
// the last account.
func (t *tomlPlaces) table(e *unstable.Node) {
	place, line := "", 0
	for k := e.Key(); k.Next(); {
		if line == 0 {
			line = t.line(k.Node())
		}
		place = join(place, string(k.Node().Data))
		if n := t.count[place]; n > 0 && (!k.IsLast() || e.Kind == unstable.Table) {
			place = fmt.Sprintf("%s[%d]", place, n-1)
		}
	}
	if e.Kind == unstable.ArrayTable {
		t.count[place]++
		place = fmt.Sprintf("%s[%d]", place, t.count[place]-1)
	}
	t.prefix = place
	t.lines[place] = line
}

func (t *tomlPlaces) value(prefix string, e *unstable.Node) {
	place, line := prefix, 0
	for k := e.Key(); k.Next(); {
		place, line = join(place, string(k.Node().Data)), t.line(k.Node())
	}
	t.lines[place] = line
	t.inside(place, e.Value())
}

// inside goes into accounts = [{…}] and wechat = {…}.
func (t *tomlPlaces) inside(place string, v *unstable.Node) {
	n := 0
	for c := v.Children(); c.Next(); n++ {
		switch {
		case v.Kind == unstable.InlineTable && c.Node().Kind == unstable.KeyValue:
			t.value(place, c.Node())
		case v.Kind == unstable.Array:
			t.inside(fmt.Sprintf("%s[%d]", place, n), c.Node())
		}
	}
}

func (t *tomlPlaces) line(n *unstable.Node) int { return t.parser.Shape(n.Raw).Start.Line }

func join(place, key string) string {
	if place == "" {
		return key
	}
	return place + "." + key
}
