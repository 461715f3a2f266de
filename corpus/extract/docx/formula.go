package docx

import "strings"

// formula writes a formula of Office Math (ECMA-376 Part 1, 22.1) in a line:
// a/b, x^2, √(x). What has a form of its own that a line cannot show keeps its
// characters.
func (s *story) formula(e element) error {
	text, err := s.linear(e)
	if err != nil {
		return err
	}
	if text != "" {
		s.r.left.formulas++
	}
	return s.add(oneLine(text), &runFormat{})
}

func (s *story) linear(e element) (string, error) {
	switch {
	case e.space == word && e.name != "r" && e.name != "ins" && e.name != "moveTo" && e.name != "hyperlink":
		return "", s.d.skip() // properties; deleted text
	case e.name == "t":
		return s.d.text()
	case strings.HasSuffix(e.name, "Pr"):
		return s.mathProperty(e)
	}
	args := map[string]string{}
	var sb strings.Builder
	err := s.d.children(func(in element) error {
		text, err := s.linear(in)
		switch in.name {
		case "num", "den", "sup", "sub", "deg":
			args[in.name] += text
		case "dPr", "naryPr":
			args["pr"] = text
		default:
			sb.WriteString(text)
		}
		return err
	})
	return arrange(e.name, args, sb.String()), err
}

// mathProperty is the character that the properties of brackets and of sums
// name.
func (s *story) mathProperty(e element) (string, error) {
	var open, end, char string
	err := s.d.children(func(in element) error {
		switch in.name {
		case "begChr":
			open = in.val()
		case "endChr":
			end = in.val()
		case "chr":
			char = in.val()
		}
		return s.d.skip()
	})
	if e.name == "naryPr" {
		return char, err
	}
	return open + "\x00" + end, err
}

func arrange(name string, args map[string]string, base string) string {
	switch name {
	case "f":
		return grouped(args["num"]) + "/" + grouped(args["den"])
	case "rad":
		return args["deg"] + "√" + grouped(base)
	case "d":
		open, end, _ := strings.Cut(args["pr"], "\x00")
		if open == "" {
			open = "("
		}
		if end == "" {
			end = ")"
		}
		return open + base + end
	case "nary":
		char := args["pr"]
		if char == "" {
			char = "∫"
		}
		base = char + raised(args) + base
		return base
	}
	return base + raised(args)
}

func raised(args map[string]string) string {
	s := ""
	if args["sub"] != "" {
		s = "_" + grouped(args["sub"])
	}
	if args["sup"] != "" {
		s += "^" + grouped(args["sup"])
	}
	return s
}

// grouped puts brackets around what is more than a number or a name.
func grouped(s string) string {
	if strings.ContainsAny(s, "+-−×÷*/=· ＋－") {
		return "(" + s + ")"
	}
	return s
}
