package docx

import (
	"regexp"
	"strings"
)

// field is one that is open (ECMA-376 Part 1, 17.16): its instruction, or,
// behind the separator, its result, which is what a page shows.
type field struct {
	instruction strings.Builder
	result      bool
	contents    bool // TOC
	page        bool // PAGE, NUMPAGES, SECTIONPAGES
	shown       bool // some of its result was text
}

const maxInstruction = 4096 // bytes that are kept of one

func newResult(instruction string) *field {
	f := &field{}
	f.instruction.WriteString(instruction)
	f.separate()
	return f
}

// separate begins the result.
func (f *field) separate() {
	f.result = true
	name, _, _ := strings.Cut(strings.TrimSpace(f.instruction.String()), " ")
	switch strings.ToUpper(name) {
	case "TOC", "INDEX":
		f.contents = true
	case "PAGE", "NUMPAGES", "SECTIONPAGES":
		f.page = true
	}
}

func (s *story) instruction(text string) {
	if n := len(s.fields); n > 0 && !s.fields[n-1].result && s.fields[n-1].instruction.Len() < maxInstruction {
		s.fields[n-1].instruction.WriteString(text)
	}
}

// fieldMark reads fldChar: where a field begins, where its result does, and
// where it ends.
func (s *story) fieldMark(e element, f *runFormat) error {
	n := len(s.fields)
	switch e.get("fldCharType") {
	case "begin":
		if n < maxDepth {
			s.fields = append(s.fields, &field{})
		}
		return s.checkBox(f)
	case "separate":
		if n > 0 {
			s.fields[n-1].separate()
		}
	case "end":
		if n > 0 {
			last := s.fields[n-1]
			s.fields = s.fields[:n-1]
			if !last.shown {
				if err := s.equation(last.instruction.String(), f); err != nil {
					return err
				}
			}
		}
	}
	return s.d.skip()
}

// checkBox writes a check box of an old form, which has no result.
func (s *story) checkBox(f *runFormat) error {
	found, ticked := false, false
	var read func(element) error
	read = func(e element) error {
		switch {
		case e.is("checkBox"):
			found = true
		case e.is("default") && found, e.is("checked") && found:
			ticked = e.on()
		}
		return s.d.children(read)
	}
	if err := s.d.children(read); err != nil || !found {
		return err
	}
	box := "□"
	if ticked {
		box = "☑"
	}
	// The box stands before the field, which has only just begun.
	field := s.fields[len(s.fields)-1]
	s.fields = s.fields[:len(s.fields)-1]
	err := s.add(box, f)
	s.fields = append(s.fields, field)
	return err
}

// overstrike is how Word encloses a character, ①, and writes its
// pronunciation above it: EQ \o\ac(○,1). The last argument is the character.
var overstrike = regexp.MustCompile(`(?i)^\s*eq\b.*\\o\s*(?:\\a[clrd]?)?\s*[（(](.*)[,，;]([^,，;()（）]+)[)）]\s*$`)

// equation writes what an EQ field without a result shows, where it is a
// single character.
func (s *story) equation(instruction string, f *runFormat) error {
	if !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(instruction)), "EQ") {
		return nil
	}
	m := overstrike.FindStringSubmatch(instruction)
	if m == nil {
		s.r.left.equations++
		return nil
	}
	text := strings.TrimSpace(m[2])
	if n := tens(text); n > 0 && strings.ContainsAny(m[1], "○〇◯") {
		text = enclosed("decimalEnclosedCircle", n)
	}
	return s.add(text, f)
}

// tens reads 1 to 20; 0 is none of them.
func tens(s string) int {
	for n := 1; n <= 20; n++ {
		if format("decimal", "", n) == s {
			return n
		}
	}
	return 0
}

func (s *story) inInstruction() bool {
	for _, f := range s.fields {
		if !f.result {
			return true
		}
	}
	return false
}

func (s *story) inContents() bool {
	for _, f := range s.fields {
		if f.contents {
			return true
		}
	}
	return false
}

func (s *story) inPageNumber() bool {
	for _, f := range s.fields {
		if f.page {
			return true
		}
	}
	return false
}

// closeInstructions ends fields that have got no result by the end of their
// paragraph: without their end all that follows would be taken for
// instructions.
func (s *story) closeInstructions() {
	kept := s.fields[:0]
	for _, f := range s.fields {
		if f.result {
			kept = append(kept, f)
		}
	}
	s.fields = kept
}
