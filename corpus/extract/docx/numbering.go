package docx

import "strings"

const levels = 9 // of a list, ECMA-376 Part 1, 17.9.6

// level says how one level of a list is numbered (17.9.6).
type level struct {
	start   int
	format  string // ST_NumberFormat, 17.18.59
	pattern string // format of custom: 001, 002, 003, ...
	text    string // 第%1条
	suffix  string // tab, space, nothing
	restart int    // 1 to 9: the level, from 1, that starts it again; 0 never; -1 any above
	legal   bool   // every number in Arabic digits
	style   string // the paragraph style that is numbered so
	hidden  bool
}

// definition is an abstractNum: a list that numbers may be counted in.
type definition struct {
	levels    [levels]*level
	styleLink string // the numbering style that it defines
	link      string // the numbering style that defines it
}

// list is a num: a definition and what differs from it.
type list struct {
	definition int
	starts     [levels]int // startOverride; -1 is none
	levels     [levels]*level
}

// numbering holds the lists of a document.
type numbering struct {
	definitions map[int]*definition
	lists       map[int]*list
	defining    map[string]int // the lowest definition that a numbering style is linked to
}

func (c *container) numbering() (*numbering, error) {
	n := &numbering{definitions: map[int]*definition{}, lists: map[int]*list{}, defining: map[string]int{}}
	name := c.one(c.relations, "numbering")
	if name == "" {
		return n, nil
	}
	err := c.parse(name, func(d *decoder, _ element) error {
		return d.children(func(e element) error {
			switch {
			case e.is("abstractNum"):
				def, err := readDefinition(d)
				n.definitions[e.number("abstractNumId", -1)] = def
				return err
			case e.is("num"):
				l, err := readList(d)
				n.lists[e.number("numId", -1)] = l
				return err
			}
			return d.skip()
		})
	})
	for key, def := range n.definitions {
		if first, ok := n.defining[def.styleLink]; !ok || key < first {
			n.defining[def.styleLink] = key
		}
	}
	return n, err
}

func readDefinition(d *decoder) (*definition, error) {
	def := &definition{}
	err := d.children(func(e element) error {
		switch {
		case e.is("styleLink"):
			def.styleLink = e.val()
		case e.is("numStyleLink"):
			def.link = e.val()
		case e.is("lvl"):
			return readLevelInto(d, e, &def.levels)
		}
		return d.skip()
	})
	return def, err
}

func readList(d *decoder) (*list, error) {
	l := &list{definition: -1}
	for i := range l.starts {
		l.starts[i] = -1
	}
	err := d.children(func(e element) error {
		switch {
		case e.is("abstractNumId"):
			l.definition = e.number("val", -1)
		case e.is("lvlOverride"):
			at := e.number("ilvl", -1)
			return d.children(func(e element) error {
				switch {
				case e.is("startOverride") && at >= 0 && at < levels:
					l.starts[at] = max(e.number("val", 0), 0)
				case e.is("lvl"):
					return readLevelInto(d, e, &l.levels)
				}
				return d.skip()
			})
		}
		return d.skip()
	})
	return l, err
}

func readLevelInto(d *decoder, e element, into *[levels]*level) error {
	lvl, err := readLevel(d)
	if at := e.number("ilvl", -1); at >= 0 && at < levels {
		into[at] = lvl
	}
	return err
}

func readLevel(d *decoder) (*level, error) {
	l := &level{format: "decimal", restart: -1}
	var read func(e element) error
	read = func(e element) error {
		switch {
		case e.space == compat && e.name != "Fallback": // a custom format, with a plain one to fall back on
			return d.children(read)
		case e.is("start"):
			l.start = e.number("val", 0)
		case e.is("numFmt"):
			l.format, l.pattern = e.val(), e.get("format")
		case e.is("lvlText"):
			l.text = e.val()
		case e.is("suff"):
			l.suffix = e.val()
		case e.is("lvlRestart"):
			l.restart = e.number("val", -1)
		case e.is("isLgl"):
			l.legal = e.on()
		case e.is("pStyle"):
			l.style = e.val()
		case e.is("rPr"):
			return d.children(func(e element) error {
				if e.is("vanish") {
					l.hidden = e.on()
				}
				return d.skip()
			})
		}
		return d.skip()
	}
	err := d.children(read)
	return l, err
}

// resolve returns the list of that number with the key of the definition that
// its numbers are counted in. A definition that only links to a numbering
// style stands for the one that the style names (17.9.21).
func (n *numbering) resolve(id int, s *styles) (l *list, def *definition, key int, ok bool) {
	if l, ok = n.lists[id]; !ok {
		return nil, nil, 0, false
	}
	key = l.definition
	for range maxInherit {
		if def, ok = n.definitions[key]; !ok {
			return nil, nil, 0, false
		}
		if def.link == "" {
			return l, def, key, true
		}
		next := -1
		if linked, found := n.lists[s.look(def.link).number.list]; found {
			next = linked.definition
		}
		if next < 0 || next == key {
			var found bool
			if next, found = n.defining[def.link]; !found {
				next = -1
			}
		}
		key = next
	}
	return nil, nil, 0, false
}

// levelOf is the level that names one of the styles; -1 is none.
func (def *definition) levelOf(ids []string) int {
	for _, id := range ids {
		for i, l := range def.levels {
			if l != nil && l.style != "" && strings.EqualFold(l.style, id) {
				return i
			}
		}
	}
	return -1
}
