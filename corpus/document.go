// Package corpus says what a policy document is: its kinds, its dates, its
// relations to other documents, the passages that an answer can cite, and the
// pure rules that follow from them, above all whether it is in force on a day.
// It knows neither SQL nor HTTP nor the search index.
package corpus

import (
	"slices"
	"strings"
)

// Kind is what a document is for; it decides how it is cut, ranked and shown.
type Kind string

// The kinds of documents.
const (
	Policy         Kind = "policy"         // 政策文件: laws, regulations, normative documents
	Interpretation Kind = "interpretation" // 政策解读
	Guide          Kind = "guide"          // 办事指南
	FAQ            Kind = "faq"            // 常见问题: one question and its answer
	Clarification  Kind = "clarification"  // 澄清, 辟谣
	Notice         Kind = "notice"         // 通知, 公告, news
	Catalogue      Kind = "catalogue"      // 清单, 目录
	Consultation   Kind = "draft"          // 征求意见稿: never an answer
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{Policy, Interpretation, Guide, FAQ, Clarification, Notice, Catalogue, Consultation}
}

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool {
	for _, known := range Kinds() {
		if k == known {
			return true
		}
	}
	return false
}

// Document is what is known about one document, apart from its text.
type Document struct {
	ID       string   // stable, chosen by its importer: [A-Za-z0-9._-]{1,128}
	Account  string   // the account that owns it; "" is shared by all
	Kind     Kind     //
	Title    string   // never empty
	Number   string   // document number, 发文字号; "" where it has none
	Agency   string   // issuing agency, 发文机关
	Region   string   // where it holds: 青岚市; "" is not known or nationwide
	Topics   []string // 社会保险, 住房 …
	Audience []string // 老人, 企业 …
	URL      string   // official address; "" where only our page exists
	Source   string   // the path or record it was imported from
	Sample   bool     // part of the invented sample corpus: marked 示例 everywhere

	Level      Level    // rank of the rule, 效力级别; "" is not known
	Addressees []string // 主送机关

	Written   Date // 成文日期: when it was signed, adopted, or last amended
	Published Date // 发布日期
	Effective Date // 施行日期, as its text states it
	Expires   Date // the last day on which it holds

	// Standard is the matter of which this document sets the figure of a year:
	// 最低生活保障标准. StandardYear is that year; 0 is not known.
	Standard     string
	StandardYear int

	Applications []Application // when one can apply for what it offers

	Question string   // FAQ: the question; the text is the answer
	Similar  []string // FAQ: other ways to ask it; a guide: its short names
	Negative []string // FAQ: questions that sound like it and that it does not answer
	Refer    string   // FAQ: no policy answers it, and this agency knows: a referral
	Asked    []Asking // how people ask for what its passages say

	// Declares are the relations that this document's text states (From is
	// this document); Receives those that other published documents state
	// about it (To is this document). A store fills Receives; importers don't.
	Declares []Relation
	Receives []Relation

	// Statements are what the text does to other documents, as it names them. A
	// store turns those that it can resolve into relations.
	Statements []Statement
}

// ListedOn is the day by which documents are put in order, the newest first:
// that of publication, or of signing where the former is not known.
func (d Document) ListedOn() Date {
	if d.Published.Known() {
		return d.Published
	}
	return d.Written
}

// IssuedOn says for people when a document was issued: 2024年4月2日发布, or
// 2024年4月2日成文 where only that is known; "" is neither.
func (d Document) IssuedOn() string {
	switch {
	case d.Published.Known():
		return d.Published.Chinese() + "发布"
	case d.Written.Known():
		return d.Written.Chinese() + "成文"
	}
	return ""
}

// RelationKind is what one document does to another.
type RelationKind string

// The kinds of relations.
const (
	Repeals    RelationKind = "repeals"    // 废止
	Supersedes RelationKind = "supersedes" // a later edition takes the place of an earlier one
	Amends     RelationKind = "amends"     // 修改
	Implements RelationKind = "implements" // 实施细则, a local rule made to carry out a higher one
	Interprets RelationKind = "interprets" // an interpretation, a guide or an FAQ explains a policy
	Forwards   RelationKind = "forwards"   // 转发
	Clarifies  RelationKind = "clarifies"  // 澄清, 关于…有关问题的说明
	Related    RelationKind = "related"
)

// RelationKinds lists every kind.
func RelationKinds() []RelationKind {
	return []RelationKind{Repeals, Supersedes, Amends, Implements, Interprets, Forwards, Clarifies, Related}
}

// Relation is an edge between two documents.
type Relation struct {
	Kind  RelationKind
	From  string // document ID of the one that states it
	To    string // document ID
	On    Date   // the day it takes effect; "" is at once
	Title string // title of the other end, filled by a store for showing

	// Account is the other end's; "" is shared. A store fills it.
	Account string

	// Anchors are the passages of To that alone are meant, in the order of the
	// text: a12; none is the whole document. A repeal of an article leaves the
	// rest in force.
	Anchors []string
	// Place and Label say where From states it: a30, 第三十条; "" where its
	// metadata do.
	Place, Label string

	// Edge is the ID of the Edge that it comes of, in Declares of a store; ""
	// where the metadata of From state it.
	Edge string

	// A store fills these for showing and judging: the other end's number, and
	// the days [Begins, Ends) within which it can be quoted by its own dates and
	// relations; Fate is what it is from Ends on.
	Number       string
	Begins, Ends Date
	Fate         Validity
}

// Whole reports whether the relation is to all of the document, not to some of
// its passages.
func (r Relation) Whole() bool { return len(r.Anchors) == 0 }

// Touches reports whether the relation is to a passage: to the whole document,
// to the passage itself, or to the article that it is a part of.
func (r Relation) Touches(anchor string) bool {
	return r.Whole() || slices.ContainsFunc(r.Anchors, func(a string) bool {
		return anchor == a || strings.HasPrefix(anchor, a+".")
	})
}

// SeenBy returns the document as an account sees it: what the documents of
// other accounts say about it, or are said to be, is not for this one.
func (d Document) SeenBy(account string) Document {
	d.Declares, d.Receives = seenBy(d.Declares, account), seenBy(d.Receives, account)
	return d
}

func seenBy(all []Relation, account string) []Relation {
	hidden := func(r Relation) bool { return r.Account != "" && r.Account != account }
	if !slices.ContainsFunc(all, hidden) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), hidden)
}

// Validity says whether a document holds on a day.
type Validity string

// The validities. Unknown documents may be answered from, without claiming
// that they are in force.
const (
	InForce    Validity = "in_force"
	NotYet     Validity = "not_yet"
	Expired    Validity = "expired"
	Repealed   Validity = "repealed"
	Superseded Validity = "superseded"
	Modified   Validity = "modified"
	Unknown    Validity = "unknown"
)

// VisibleTo reports whether an account may see the document: it is shared, or
// the account's own.
func (d Document) VisibleTo(account string) bool { return d.Account == "" || d.Account == account }

// Quotable reports whether a document of this validity may be quoted as the
// rule of the day.
func (v Validity) Quotable() bool { return v == InForce || v == Modified || v == Unknown }
