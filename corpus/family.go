package corpus

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// trialMark is what tells the edition for trial from the definite one.
var trialMark = regexp.MustCompile(`\((?:试行|暂行|试用|试点)\)|暂行|试行`)

// TitleStem is TitleKey without what makes an edition one for trial: 《…办法（试行）》
// and 《…暂行办法》 share it with 《…办法》.
func TitleStem(title string) string {
	key := TitleKey(title)
	if stem := trialMark.ReplaceAllString(key, ""); stem != "" {
		return stem
	}
	return key
}

// A rule keeps its title from edition to edition; a notice or a decision of
// the same title is often about something else.
var (
	ruleTitle  = regexp.MustCompile(`(?:法|条例|规定|办法|法典|细则|规则|规程|章程|准则|标准|目录|清单|名录|解释|守则|规范|公约|决定)(?:\([^()]*\))?$`)
	otherTitle = regexp.MustCompile(`关于.*(?:修改|废止|失效|清理|任免|批准|停止).*决定$`)
)

// versioned reports whether documents of a title are editions of each other.
func versioned(key string) bool { return ruleTitle.MatchString(key) && !otherTitle.MatchString(key) }

// Governs reports whether documents of a kind have editions.
func (k Kind) Governs() bool { return k == Policy || k == Catalogue }

// alike reports whether two documents can be editions of one, as far as
// account, sample, region and agency say. What is not known stands in the way
// of nothing.
func alike(a, b Document) bool {
	return a.Account == b.Account && a.Sample == b.Sample &&
		sameRegion(a.Region, b.Region) &&
		(a.Agency == "" || b.Agency == "" || sameIssuer(a, b) || succeeds(a, b) || succeeds(b, a) || unique(a, b))
}

// unique reports whether a title that two documents share is that of one rule
// whoever issued it: it names its place, or is a rule for all of the country.
// Agencies are renamed and merged from one edition to the next.
func unique(a, b Document) bool {
	key := TitleKey(a.Title)
	return key == TitleKey(b.Title) && versioned(key) && (placeOf(key) != "" || a.Level == b.Level && a.Level.nationwide())
}

// OtherKey is the TitleKey that editions of a rule can have besides its own: one
// names the place of its agency, another leaves it out, 浙江省渔业条例 and 渔业条例;
// "" is none.
func (d Document) OtherKey() string {
	key := TitleKey(d.Title)
	made := ""
	for _, a := range issuers(d.Agency) {
		if made = placeOf(a); made != "" {
			break
		}
	}
	if made == "" || !versioned(key) {
		return ""
	}
	if rest, ok := strings.CutPrefix(key, made); ok && len([]rune(rest)) > 4 {
		return rest
	}
	if placeOf(key) == "" {
		return made + key
	}
	return ""
}

// editionOf reports whether two documents are alike; titles that differ in the
// place alone need an agency that is known to be the same.
func editionOf(a, b Document) bool {
	return alike(a, b) && (TitleKey(a.Title) == TitleKey(b.Title) || sameIssuer(a, b))
}

// families groups documents: each one's like are with it, directly or through
// others. One of no agency joins the others only where they are one family
// without it. The order of the list does not matter.
func families(all []Document, fits func(a, b Document) bool) [][]Document {
	all = slices.SortedFunc(slices.Values(all), func(a, b Document) int { return cmp.Compare(a.ID, b.ID) })
	var groups [][]Document
	place := func(d Document) {
		var home []Document
		rest := groups[:0:0]
		for _, g := range groups {
			if slices.ContainsFunc(g, func(o Document) bool { return fits(d, o) }) {
				home = append(home, g...)
				continue
			}
			rest = append(rest, g)
		}
		groups = append(rest, append(home, d))
	}
	var unnamed []Document
	for _, d := range all {
		if d.Agency == "" {
			unnamed = append(unnamed, d)
			continue
		}
		place(d)
	}
	named := groups
	for _, d := range unnamed {
		n := 0
		for _, g := range named {
			if slices.ContainsFunc(g, func(o Document) bool { return fits(d, o) }) {
				n++
			}
		}
		if n > 1 { // whose it is cannot be told: with others of no agency
			groups = joinUnnamed(groups, d, fits)
			continue
		}
		place(d)
		named = groups
	}
	return groups
}

func joinUnnamed(groups [][]Document, d Document, fits func(a, b Document) bool) [][]Document {
	for i, g := range groups {
		if !slices.ContainsFunc(g, func(o Document) bool { return o.Agency != "" }) && fits(d, g[0]) {
			groups[i] = append(g, d)
			return groups
		}
	}
	return append(groups, []Document{d})
}

// family returns the documents of a list that are editions of d, with d.
func family(d Document, all []Document, fits func(a, b Document) bool) []Document {
	for _, g := range families(all, fits) {
		if slices.ContainsFunc(g, func(o Document) bool { return o.ID == d.ID }) {
			return g
		}
	}
	return nil
}

// birth is the day that a document is known to be from, whether or not it
// holds from that day.
func (d Document) birth() Date {
	return Date(cmp.Or(string(d.StartsOn()), string(d.Written), string(d.Published)))
}

// byAge sorts editions, the one that is to hold last. Of those that nothing
// tells apart the first by ID holds.
func byAge(all []Document, day func(Document) Date) []Document {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Document) int {
		return cmp.Or(cmp.Compare(day(a), day(b)), cmp.Compare(a.Written, b.Written), cmp.Compare(a.Effective, b.Effective),
			cmp.Compare(a.StandardYear, b.StandardYear), cmp.Compare(a.Published, b.Published), cmp.Compare(b.ID, a.ID))
	})
	return all
}

// version returns what an edition does to those before it: of those that an
// agency made under one title, on each day the one holds that began last. Two
// of the same days are copies where their words are the same.
// peers are the documents of its title, itself too.
func version(d Document, peers []Document, same func(id, other string) bool) []Resolved {
	key := TitleKey(d.Title)
	other := d.OtherKey()
	editions := slices.DeleteFunc(slices.Clone(peers), func(o Document) bool {
		is := TitleKey(o.Title)
		return !o.Kind.Governs() || !o.StartsOn().Known() || is != key && is != other
	})
	r, ok := takesOver(d, family(d, editions, editionOf), Document.StartsOn)
	if !ok || otherTitle.MatchString(key) {
		return nil
	}
	r.Origin, r.State, r.Why = FromVersion, Applied, "同一发文机关的同名文件，以后施行的一版为准"
	switch {
	case !versioned(key):
		r.State, r.Why = Proposed, "标题相同，但不能确定是不是同一文件的新版本"
	case r.twin && same(d.ID, r.To):
		r.Why = "同一文件收录了两份，只留一份有效"
	case r.twin: // books of one code, or copies that differ
		r.State, r.Why = Proposed, "标题和日期相同，内容不同，不能确定以哪一份为准"
	}
	return []Resolved{r.named(d)}
}

// series returns what the standard of a year does to those of the years
// before. peers are the documents that set the same figure, itself too.
func series(d Document, peers []Document) []Resolved {
	if d.Standard == "" {
		return nil
	}
	same := slices.DeleteFunc(slices.Clone(peers), func(o Document) bool {
		return o.Standard != d.Standard || !o.Kind.Acts() || !o.birth().Known() || o.Region != d.Region
	})
	r, ok := takesOver(d, family(d, same, alike), Document.birth)
	if !ok {
		return nil
	}
	r.Origin, r.State, r.Why = FromSeries, Applied, "同一事项的年度标准，以最近施行的为准，往年的只回答当年"
	return []Resolved{r.named(d)}
}

// takesOver returns the edge from an edition to the one before it; Targets are
// all before it.
func takesOver(d Document, editions []Document, day func(Document) Date) (Resolved, bool) {
	editions = byAge(editions, day)
	at := slices.IndexFunc(editions, func(o Document) bool { return o.ID == d.ID })
	if at <= 0 {
		return Resolved{}, false
	}
	before := editions[at-1]
	r := Resolved{Edge: Edge{
		From: d.ID, FromTitle: d.Title, To: before.ID, ToTitle: before.Title, TakesEffect: day(d),
		Statement: Statement{Kind: Supersedes, Title: before.Title, Number: before.Number, Sure: true},
	}, twin: day(before) == day(d) && before.Written == d.Written && before.Effective == d.Effective}
	for i := at - 1; i >= 0; i-- {
		r.Targets = append(r.Targets, editions[i].ID)
	}
	return r, true
}

// trial proposes that a definite edition takes the place of the one for trial
// before it. peers are the documents of its TitleStem.
func trial(d Document, peers []Document) []Resolved {
	key := TitleKey(d.Title)
	if key != TitleStem(d.Title) || !d.Kind.Governs() || !d.StartsOn().Known() || !versioned(key) {
		return nil
	}
	var before []Document
	for _, o := range peers {
		switch {
		case !o.Kind.Governs() || !alike(d, o) || !o.StartsOn().Known():
		case TitleKey(o.Title) == key && o.ID != d.ID && o.StartsOn() < d.StartsOn():
			return nil // an earlier definite edition has done it
		case TitleKey(o.Title) != key && TitleStem(o.Title) == key && o.StartsOn() < d.StartsOn():
			before = append(before, o)
		}
	}
	if len(before) == 0 {
		return nil
	}
	before = byAge(before, Document.StartsOn)
	last := before[len(before)-1]
	r := Resolved{Edge: Edge{
		From: d.ID, FromTitle: d.Title, To: last.ID, ToTitle: last.Title, TakesEffect: d.StartsOn(), State: Proposed,
		Why:       "正式文件之后，试行或者暂行的文件一般不再执行，请核对",
		Statement: Statement{Kind: Supersedes, Title: last.Title, Number: last.Number},
	}, Origin: FromTrial, Targets: []string{last.ID}}
	return []Resolved{r.named(d)}
}

// tooShort reports whether a title is one that no rule has.
func tooShort(key string) bool { return len([]rune(strings.TrimSpace(key))) < 2 }
