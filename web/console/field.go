package console

import "slices"

// Field is one line of a form. The template "field" writes it with its label,
// hint and fault, each tied to it for screen readers.
type Field struct {
	Name, Label, Value string
	Hint               string
	Fault              string // what is wrong with it
	Type               string // text, password, date …; "" is text
	Complete           string // autocomplete; "" is off
	Required, Focus    bool
	Quiet              bool     // may be left out, as everybody knows: a filter
	Max                int      // characters; 0 is no bound
	Options            []Choice // for the templates "select" and "checks"
}

// Choice is one of several.
type Choice struct {
	Value, Text, Hint string
	Chosen            bool
}

// Kind is the type of the input.
func (f Field) Kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// Autocomplete is what the browser may fill in.
func (f Field) Autocomplete() string {
	if f.Complete == "" {
		return "off"
	}
	return f.Complete
}

// Described lists what describes the input.
func (f Field) Described() string {
	ids := ""
	if f.Hint != "" {
		ids = "hint-" + f.Name
	}
	if f.Fault != "" {
		if ids != "" {
			ids += " "
		}
		ids += "fault-" + f.Name
	}
	return ids
}

// Form is what most pages with a form show.
type Form struct {
	Fields []Field
	Whole  string // what is wrong, of no field in particular
}

// Faults are the fields that have something wrong.
func (f Form) Faults() (all []Field) {
	for _, one := range f.Fields {
		if one.Fault != "" {
			all = append(all, one)
		}
	}
	return all
}

// Shown are the fields as they are written: the first with a fault gets the
// focus.
func (f Form) Shown() []Field {
	all, found := slices.Clone(f.Fields), false
	if len(f.Faults()) == 0 {
		return all
	}
	for i := range all {
		all[i].Focus = all[i].Fault != "" && !found
		found = found || all[i].Focus
	}
	return all
}

// wrong reports whether anything is.
func (f Form) wrong() bool { return f.Whole != "" || len(f.Faults()) > 0 }

// field returns a field by name, to be changed.
func (f *Form) field(name string) *Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return &Field{}
}

// fill puts in what was typed, but for passwords.
func (f *Form) fill(get func(string) string) {
	for i := range f.Fields {
		one := &f.Fields[i]
		if one.Type != "password" {
			one.Value = get(one.Name)
		}
	}
}
