package extract

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/policybot/policybot/corpus"
)

// Map says how JSONL records of another shape become documents.
//
//	kind: guide
//	fields:            # our field: theirs
//	  id: TASK_CODE
//	  title: TASK_NAME
//	sections:          # in the order of the text
//	  - label: 申请材料
//	    from: material_intro
type Map struct {
	Kind     corpus.Kind       `yaml:"kind"`
	Fields   map[string]string `yaml:"fields"`
	Sections []MapSection      `yaml:"sections"`
}

// MapSection is a heading and the record's field that stands under it. A
// list becomes a paragraph for each element. Without a label the field is
// text before the headings.
type MapSection struct {
	Label string `yaml:"label"`
	From  string `yaml:"from"`
}

var mappable = map[string]bool{
	"id": true, "title": true, "kind": true, "number": true, "agency": true, "region": true,
	"published": true, "effective": true, "expires": true, "topics": true, "tags": true, "audience": true,
	"url": true, "question": true, "similar": true, "negative": true, "refer": true, "asked": true, "text": true, "answer": true,
	"repeals": true, "supersedes": true, "amends": true, "implements": true, "interprets": true, "explains": true,
	"forwards": true, "clarifies": true, "related": true,
	"written": true, "level": true, "addressees": true,
}

// ParseMap reads a map written in YAML or JSON. The error says in plain words
// what is wrong with it.
func ParseMap(data []byte) (*Map, error) {
	if len(data) > MaxFrontMatter {
		return nil, fmt.Errorf("映射文件超过 %d KB", MaxFrontMatter>>10)
	}
	if hasAlias(string(data)) {
		return nil, fmt.Errorf("映射文件里不能用 YAML 的 & 和 * 引用")
	}
	m, err := safely(func() (*Map, error) {
		var m Map
		return &m, yaml.UnmarshalWithOptions(data, &m, yaml.DisallowUnknownField())
	})
	if err != nil {
		return nil, fmt.Errorf("映射文件无法识别：%w", err)
	}
	if m.Kind != "" && !m.Kind.Valid() {
		return nil, fmt.Errorf("映射文件的 kind “%s” 不是文件类型", m.Kind)
	}
	for ours := range m.Fields {
		if !mappable[ours] {
			return nil, fmt.Errorf("映射文件的 fields 里没有“%s”这个字段", ours)
		}
	}
	if m.Fields["text"] == "" && m.Fields["answer"] == "" && len(m.Sections) == 0 {
		return nil, fmt.Errorf("映射文件没有说正文在哪里：要有 sections，或 fields 里的 text 或 answer")
	}
	return m, nil
}

func (m *Map) record(s *source, object map[string]any) (corpus.Content, error) {
	f := fields{}
	if m.Kind != "" {
		f["kind"] = string(m.Kind)
	}
	for ours, theirs := range m.Fields {
		v, ok := object[theirs]
		if text, plain := v.(string); plain && s.columns {
			v = found{value: text, place: "列“" + theirs + "”"}
		}
		if ok {
			f[ours] = v
		}
	}
	d, err := s.document(f)
	if err != nil {
		return corpus.Content{}, err
	}
	var blocks []corpus.Block
	for _, name := range []string{"text", "answer"} {
		blocks = append(blocks, valueBlocks(clean(plain(f[name])))...)
	}
	if d.Kind == "" && plain(f["answer"]) != "" {
		d.Kind = corpus.FAQ
	}
	for _, sec := range m.Sections {
		body := valueBlocks(clean(plain(object[sec.From])))
		if len(body) == 0 {
			continue
		}
		if sec.Label != "" {
			// The value often repeats its name: 办理地点：….
			for _, colon := range []string{"：", ":"} {
				if rest, ok := strings.CutPrefix(body[0].Text, sec.Label+colon); ok && strings.TrimSpace(rest) != "" {
					body[0].Text = strings.TrimSpace(rest)
				}
			}
			blocks = append(blocks, corpus.Block{Heading: 2, Text: sec.Label})
		}
		blocks = append(blocks, body...)
	}
	return s.finish(d, f, blocks)
}
