package corpus

import (
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus/numeral"
)

// ReasonsOn returns why ValidityOn says what it says, as a chain that begins
// with this document and goes on with what became of the one that took its
// place; at the end come articles that alone were changed, and policies that
// it rests on and that are out of force. It is never empty.
func (d Document) ReasonsOn(day Date) []Reason {
	v := d.judge()
	if v.draft {
		return []Reason{{Text: "征求意见稿，尚未出台，不是现行规定"}}
	}
	var chain []Reason
	switch validity := v.on(day); {
	case v.cut != nil && v.cutOn <= day:
		chain = d.cutReasons(*v.cut, day)
	case validity == Expired && v.expired.Known() && v.expired <= day:
		chain = []Reason{{Text: "有效期到" + d.Expires.Chinese()}}
	case v.policy != nil && v.policy.Ends.Known() && v.policy.Ends <= day:
		return []Reason{v.policy.fallenReason("所解读的")}
	case v.start > day:
		chain = []Reason{{Text: "自" + v.start.Chinese() + "起施行，现在还没有生效"}}
	case v.policy != nil && v.policy.Begins > day:
		return []Reason{{Text: "所解读的" + bookTitle(v.policy.Title) + "自" + v.policy.Begins.Chinese() + "起施行", Document: v.policy.To}}
	case !v.start.Known():
		chain = []Reason{{Text: "文中没有写明施行日期，不能确定是否有效"}}
	default:
		chain = []Reason{{Text: d.startReason()}}
	}
	if v.on(day).Quotable() {
		chain = append(chain, modifiedReasons(v.modified, day)...)
	}
	if r, ok := d.Fallen(day); ok {
		chain = append(chain, r.fallenReason("所依据的"))
	}
	return chain
}

// startReason says from when a document in force holds, and why.
func (d Document) startReason() string {
	switch start := d.StartsOn(); {
	case !d.Effective.Known():
		return "文中没有写明施行日期，以成文日期" + start.Chinese() + "为生效日期"
	case start > d.Effective:
		return "最初自" + d.Effective.Chinese() + "起施行，这一版本自" + start.Chinese() + "起有效"
	default:
		return "自" + start.Chinese() + "起施行"
	}
}

// cutReasons say what took the document out of force, and where that is itself
// out of force what became of it.
func (d Document) cutReasons(cut Relation, day Date) []Reason {
	chain := []Reason{{Text: d.cutReason(cut), Document: cut.From, Anchor: cut.Place}}
	next := cut
	if cut.Kind == Supersedes {
		if last, ok := d.lastEdition(day); ok && last.From != cut.From {
			chain = append(chain, Reason{Text: "其后又有新版本，最近的自" + last.On.Chinese() + "起", Document: last.From})
			next = last
		}
	}
	if next.Ends.Known() && next.Ends <= day {
		text := bookTitle(next.Title) + next.fate() + "，自" + next.Ends.Chinese() + "起"
		chain = append(chain, Reason{Text: text, Document: next.From})
	}
	return chain
}

func (d Document) cutReason(cut Relation) string {
	by := bookTitle(cut.Title) + numbered(cut.Number)
	if cut.Title == "" {
		by = "另一份文件"
	}
	since := ""
	if cut.On.Known() {
		since = "，自" + cut.On.Chinese() + "起"
	}
	switch {
	case cut.Kind == Repeals:
		return "被" + by + citedAs(cut.Label) + "废止" + since
	case d.Standard != "" && cut.Label == "":
		return "是往年的标准，已被" + by + "代替" + since
	case TitleKey(cut.Title) == TitleKey(d.Title):
		switch {
		case !cut.On.Known():
			return "被同名的另一版本代替"
		case d.Copied(cut):
			return "同名同日的文件收录了两份，以另一份为准"
		}
		return "被" + cut.On.Chinese() + "起的同名新版本代替"
	}
	return "被" + by + citedAs(cut.Label) + "代替" + since
}

// Copied reports whether a relation puts another document of the same title
// and day in the place of this one, which so never held on a day of its own.
func (d Document) Copied(r Relation) bool {
	return r.Kind == Supersedes && r.Whole() && r.On.Known() && r.On == d.StartsOn() && TitleKey(r.Title) == TitleKey(d.Title)
}

// lastEdition returns the last of the later editions that had begun by a day.
func (d Document) lastEdition(day Date) (last Relation, ok bool) {
	for _, r := range d.Receives {
		if r.Kind == Supersedes && r.Whole() && r.from() <= day && (!ok || r.from() > last.from()) {
			last, ok = r, true
		}
	}
	return last, ok
}

func modifiedReasons(modified []Relation, day Date) []Reason {
	var chain []Reason
	for _, r := range modified {
		if r.from() > day {
			continue
		}
		by := bookTitle(r.Title) + numbered(r.Number) + citedAs(r.Label)
		if r.Title == "" {
			by = "另一份文件"
		}
		what, done := ArticleNames(r.Anchors), "修改"
		switch r.Kind {
		case Repeals:
			done = "废止"
		case Supersedes:
			done = "代替"
		}
		text := what + "被" + by + done
		if r.On.Known() {
			text += "，自" + r.On.Chinese() + "起"
		}
		chain = append(chain, Reason{Text: text, Document: r.From, Anchor: r.Place})
	}
	return chain
}

// fallenReason says what became of a policy that the document rests on.
func (r Relation) fallenReason(rests string) Reason {
	return Reason{
		Text:     rests + bookTitle(r.Title) + numbered(r.Number) + r.fate() + "，自" + r.Ends.Chinese() + "起",
		Document: r.To,
	}
}

// fate says in words what the other end is once it has ended.
func (r Relation) fate() string {
	switch r.fallen() {
	case Repealed:
		return "已废止"
	case Superseded:
		return "已被新的版本代替"
	default:
		return "已失效"
	}
}

func bookTitle(title string) string {
	if title == "" || strings.HasPrefix(title, "《") && strings.HasSuffix(title, "》") && strings.Count(title, "《") == 1 {
		return title
	}
	return "《" + title + "》"
}

func numbered(number string) string {
	if number == "" {
		return ""
	}
	return "（" + number + "）"
}

// ArticleNames writes anchors of articles as they are cited: 第十二条、第十三条之一.
// One of another shape is 部分内容.
func ArticleNames(anchors []string) string {
	const most = 5
	var names []string
	for _, a := range anchors {
		if len(names) == most {
			return strings.Join(names, "、") + "等"
		}
		name := articleName(a)
		if name == "" {
			return "部分内容"
		}
		names = append(names, name)
	}
	return strings.Join(names, "、")
}

func articleName(anchor string) string {
	num, ok := strings.CutPrefix(anchor, "a")
	if !ok {
		return ""
	}
	num, part, hasPart := strings.Cut(num, ".")
	num, sub, hasSub := strings.Cut(num, "-")
	name := inNumerals(num)
	if name == "" {
		return ""
	}
	name = "第" + name + "条"
	if hasSub {
		name += "之" + inNumerals(sub)
	}
	if hasPart {
		if p := inNumerals(part); p != "" {
			name += "第" + p + "款"
		}
	}
	return name
}

// inNumerals writes 1 to 9999 in Chinese numerals; "" for anything else.
func inNumerals(digits string) string {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return ""
	}
	return numeral.Write(n)
}

// citedAs writes the label of a passage as it is cited: 二、（三） as
// 第二部分（三）.
func citedAs(label string) string {
	if outer, inner, ok := strings.Cut(label, "、"); ok && outer != "" && !strings.HasPrefix(label, "第") {
		return "第" + outer + "部分" + inner
	}
	return label
}
