package corpus

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Origin is where an edge comes from.
type Origin string

// The origins of edges.
const (
	FromText    Origin = "text"    // a statement of its source
	FromVersion Origin = "version" // editions of one title
	FromSeries  Origin = "series"  // standards of several years
	FromTrial   Origin = "trial"   // the definite edition of one for trial
)

// Resolved is an edge with all that it acts on.
type Resolved struct {
	Edge
	Origin Origin
	// Targets are the IDs of the documents that are meant, To first: the
	// editions of one title that had begun before. None while Dangling.
	Targets []string

	twin bool // nothing but the ID tells the two apart
}

// Neighbours are the published documents that edges are resolved among.
type Neighbours interface {
	// Titled returns those of a TitleKey, Numbered those of a number in its
	// normal form, Stemmed those of a TitleStem, Measured those of a Standard.
	// The asking document may be among them.
	Titled(key string) []Document
	Numbered(number string) []Document
	Stemmed(stem string) []Document
	Measured(standard string) []Document
	// SameText reports whether two documents have the same words, but for what
	// two copies of a text differ in: see SameWords.
	SameText(id, other string) bool
}

// MaxPeers is how many documents a title, a number or a standard can have that
// still tells them apart. Of one that more have nothing follows.
const MaxPeers = 64

func peers(all []Document) []Document {
	if len(all) > MaxPeers {
		return nil
	}
	return all
}

// Resolve returns what becomes of all that a published document says about
// others, in the order of its text, and of what follows from its title: every
// edge that it is the source of. Nothing is guessed: an edge is Applied where
// title and agency, or the number, are those of one document only (several
// editions count as one), the source is of the same or a higher authority, the
// sentence is sure, and the target was there before. Because a target always
// begins earlier, applied edges never form a circle.
func Resolve(d Document, among Neighbours) []Resolved {
	var all []Resolved
	seen := make(map[string]bool)
	add := func(more ...Resolved) {
		for _, r := range more {
			if !seen[r.ID] {
				seen[r.ID] = true
				all = append(all, r)
			}
		}
	}
	for _, s := range d.Statements {
		if speaks(d.Kind, s.Kind) && (s.Title != "" || s.Number != "") {
			add(statement(d, s, among))
		}
	}
	if d.Kind.Governs() {
		titled := peers(among.Titled(TitleKey(d.Title)))
		if other := d.OtherKey(); other != "" {
			titled = slices.Concat(titled, peers(among.Titled(other)))
		}
		add(version(d, titled, among.SameText)...)
		for _, r := range trial(d, peers(among.Stemmed(TitleStem(d.Title)))) {
			if !slices.ContainsFunc(all, func(o Resolved) bool { return o.Kind.acts() && slices.Contains(o.Targets, r.To) }) {
				add(r)
			}
		}
	}
	if d.Kind.Acts() && d.Standard != "" {
		add(series(d, peers(among.Measured(d.Standard)))...)
	}
	return all
}

// acts reports whether a relation takes something away from its target.
func (k RelationKind) acts() bool { return k == Repeals || k == Supersedes || k == Amends }

// Acts reports whether documents of a kind can do something to others, and
// have something done to them. An interpretation or a guide that says what was
// repealed only repeats it.
func (k Kind) Acts() bool { return k == Policy || k == Notice || k == Catalogue }

func speaks(k Kind, r RelationKind) bool { return !r.acts() || k.Acts() }

// named gives an edge the ID that stays the same while source, kind and what
// is named do.
func (r Resolved) named(d Document) Resolved {
	what := []string{d.ID, string(r.Kind), string(r.Origin)}
	if r.Origin == FromText {
		what = append(what, TitleKey(r.Title), NormalNumber(r.Number), strings.Join(r.Articles, " "))
	} else {
		what = append(what, r.To)
	}
	sum := sha256.Sum256([]byte(strings.Join(what, "\n")))
	r.ID = hex.EncodeToString(sum[:8])
	return r
}

// statement resolves one statement.
func statement(d Document, s Statement, among Neighbours) Resolved {
	r := Resolved{Origin: FromText, Edge: Edge{
		From: d.ID, FromTitle: d.Title, Statement: s, TakesEffect: Date(cmp.Or(string(s.On), string(d.TakesEffect()))),
	}}.named(d)
	q := question{d: d, s: s, key: TitleKey(s.Title), number: NormalNumber(s.Number), on: r.TakesEffect}
	found, why := q.matching(among)
	if len(found) == 0 {
		r.State, r.Why = Dangling, why
		return r
	}
	// Documents of different accounts are never mixed: each account has its own
	// answer, the one that all see counts first.
	for _, account := range accounts(found) {
		own := slices.DeleteFunc(slices.Clone(found), func(c Document) bool { return c.Account != account })
		state, why, targets := q.answer(own, why)
		switch {
		case r.State == "", r.State != Applied && state == Applied:
			r.State, r.Why, r.Targets = state, why, targets
		case r.State == Applied && state == Applied:
			r.Targets = append(r.Targets, targets...)
		}
	}
	if r.State == Dangling {
		r.Targets = nil
	}
	if len(r.Targets) > 0 {
		r.To = r.Targets[0]
		for _, c := range found {
			if c.ID == r.To {
				r.ToTitle = c.Title
			}
		}
	}
	return r
}

// TakesEffect is the day from which what a document does to others counts: its
// effect, for an amended text repeats what the first one did; else the day of
// signing or publication.
func (d Document) TakesEffect() Date {
	return Date(cmp.Or(string(d.Effective), string(d.StartsOn()), string(d.Published)))
}

func accounts(all []Document) []string {
	var out []string
	for _, d := range all {
		if !slices.Contains(out, d.Account) {
			out = append(out, d.Account)
		}
	}
	slices.Sort(out)
	return out
}

// question is a statement that is being resolved.
type question struct {
	d           Document
	s           Statement
	key, number string
	on          Date
}

// matching returns the documents that have the number and the title named, and
// why there are none, or what is doubtful about them.
func (q question) matching(among Neighbours) (found []Document, why string) {
	usable := func(all []Document) []Document {
		return slices.DeleteFunc(slices.Clone(all), func(c Document) bool { return !q.usable(c) })
	}
	var numbered, titled []Document
	if q.number != "" {
		numbered = usable(peers(among.Numbered(q.number)))
	}
	if q.s.Title != "" && !tooShort(q.key) {
		titled = usable(peers(among.Titled(q.key)))
	}
	switch {
	case len(numbered) > 0 && q.s.Title == "":
		return numbered, ""
	case len(numbered) > 0:
		same := slices.DeleteFunc(slices.Clone(numbered), func(c Document) bool { return TitleKey(c.Title) != q.key && issuedKey(c.Title) != q.key })
		if len(same) == 0 {
			return numbered, "文号相符，标题不同"
		}
		// Its other editions may have other numbers.
		for _, c := range titled {
			if slices.ContainsFunc(same, func(o Document) bool { return o.ID != c.ID && alike(o, c) }) {
				same = append(same, c)
			}
		}
		return onceEach(same), ""
	case len(titled) == 0 && len(among.Titled(q.key)) > MaxPeers:
		return nil, "同名文件太多，不能确定是哪一份"
	case len(titled) == 0 && q.number != "" && q.number == NormalNumber(q.d.Number):
		return nil, "指的是文件自己，请核对原文"
	case len(titled) == 0:
		return nil, "还没有收录这份文件"
	case q.number != "":
		unnumbered := slices.DeleteFunc(titled, func(c Document) bool { return c.Number != "" })
		if len(unnumbered) == 0 {
			return nil, "收录的同名文件文号不同，不是这一份"
		}
		return unnumbered, ""
	}
	return titled, ""
}

// usable reports whether a document can be what is meant at all.
func (q question) usable(c Document) bool {
	return c.ID != q.d.ID && c.Sample == q.d.Sample && c.Kind.Acts() &&
		(c.Account == "" || q.d.Account == "" || c.Account == q.d.Account)
}

func onceEach(all []Document) []Document {
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(d Document) bool {
		had := seen[d.ID]
		seen[d.ID] = true
		return had
	})
}

// answer says what becomes of the statement among documents of one account.
func (q question) answer(found []Document, doubt string) (state EdgeState, why string, targets []string) {
	found, why = q.lineage(found)
	if doubt == "" {
		doubt = why
	}
	if !q.s.Kind.acts() {
		targets = q.nearest(found)
		switch {
		case doubt != "":
			return Proposed, doubt, targets
		case !q.s.Sure:
			return Proposed, "原文没有说得十分明确", targets
		}
		return Applied, "标题或文号相符", targets
	}
	before, late := q.before(found)
	if late != "" {
		if TitleKey(q.d.Title) == q.key {
			return Dangling, "收录的是这一版和以后的版本，被废止或者修改的版本没有收录", nil
		}
		return q.state(late), late, ids(byAge(found, Document.birth))
	}
	targets = ids(before)
	slices.Reverse(targets) // the last edition first
	switch {
	case doubt != "":
		return Proposed, doubt, targets
	case !q.s.Sure:
		return Proposed, "原文没有说得十分明确", targets
	case slices.ContainsFunc(before, func(c Document) bool { return !Outranks(q.d, c) }):
		return Proposed, "不能确定发文机关有权这样做（机关、级别或者地区不明，或者级别较低）", targets
	case slices.ContainsFunc(before, func(c Document) bool { return !q.identified(c) }):
		return Proposed, "只有标题相符，发文机关无法核对", targets
	}
	return Applied, q.matched(), targets
}

// matched says what an applied edge was matched by.
func (q question) matched() string {
	if q.number != "" {
		return "文号相符"
	}
	return "标题和发文机关相符"
}

// lineage keeps the documents that are editions of one: those of the agency
// that the statement names, else of the source's. Where several remain, it is
// doubtful which is meant.
func (q question) lineage(found []Document) ([]Document, string) {
	if q.s.Agency != "" {
		named := slices.DeleteFunc(slices.Clone(found), func(c Document) bool { return !q.agencyNamed(c) && c.Agency != "" })
		if len(named) == 0 {
			return found, "标题相符，发文机关与原文所说的不同"
		}
		found = named
	}
	groups := families(found, alike)
	if len(groups) == 1 {
		return found, ""
	}
	var near [][]Document
	for _, g := range groups {
		if slices.ContainsFunc(g, func(c Document) bool { return sameIssuer(q.d, c) }) {
			near = append(near, g)
		}
	}
	if len(near) == 1 {
		return near[0], ""
	}
	return found, "有几份同名文件，不能确定是哪一份"
}

// agencyNamed reports whether a document is of the agency that the statement
// names, which may be written short: 市人民政府.
func (q question) agencyNamed(c Document) bool {
	if sameAgency(c.Agency, q.s.Agency) {
		return true
	}
	short := issuers(q.s.Agency)
	return slices.ContainsFunc(issuers(c.Agency), func(full string) bool {
		return slices.ContainsFunc(short, func(s string) bool {
			return len([]rune(s)) >= 3 && strings.HasSuffix(full, s)
		})
	})
}

// before returns the editions that are meant: those that began before the
// edge takes effect and before its source. Of an amendment those whose text
// was there before it was made: later ones have it in them. late says why
// there are none.
func (q question) before(found []Document) (before []Document, late string) {
	if !q.on.Known() {
		return nil, "不知道从哪天起生效"
	}
	source := Date(cmp.Or(string(q.d.birth()), string(q.on)))
	made := Date(cmp.Or(string(q.d.Written), string(q.d.Published), string(q.on)))
	for _, c := range byAge(found, Document.birth) {
		born := c.birth()
		switch {
		case !born.Known():
			late = "收录的文件没有日期，不能确定先后"
		case q.s.Kind == Amends && q.text(c) >= made:
			late = consolidated
		case born >= q.on || born >= source:
			if late != consolidated {
				late = "收录的文件同日或者此后才施行，日期矛盾，请核对"
			}
		default:
			before = append(before, c)
		}
	}
	if len(before) > 0 {
		late = ""
	}
	return before, late
}

const consolidated = "收录的已经是修改后的文本"

// text is the day that a document's text is from.
func (q question) text(c Document) Date { return Date(cmp.Or(string(c.Written), string(c.birth()))) }

// state is that of an edge none of whose targets was there before.
func (q question) state(late string) EdgeState {
	if late == consolidated {
		return Dangling
	}
	return Proposed
}

// identified reports whether the title alone tells whose document it is, or
// the agency is the named one, the source's, or one that the source's took
// over from.
func (q question) identified(c Document) bool {
	return q.number != "" && NormalNumber(c.Number) == q.number || q.s.Agency != "" && q.agencyNamed(c) ||
		sameIssuer(q.d, c) || succeeds(q.d, c) || c.Level.national() || placeOf(TitleKey(c.Title)) != ""
}

// nearest returns the edition that an interpretation or an implementing rule
// speaks of: the last one from before it, in all its files; every one where
// its own day is not known, or none is from before.
func (q question) nearest(found []Document) []string {
	sorted := byAge(found, Document.birth)
	slices.Reverse(sorted)
	day := Date(cmp.Or(string(q.d.Written), string(q.d.Published), string(q.d.Effective)))
	if day.Known() {
		for _, c := range sorted {
			if made := Date(cmp.Or(string(c.Written), string(c.Published), string(c.Effective))); made.Known() && made <= day {
				return ids(slices.DeleteFunc(sorted, func(o Document) bool { return o.birth() != c.birth() || o.Written != c.Written }))
			}
		}
	}
	return ids(sorted)
}

func ids(all []Document) []string {
	out := make([]string, len(all))
	for i, d := range all {
		out[i] = d.ID
	}
	return out
}
